import type { YamlDocument } from './parse.js';

/** What a line holds besides values: nothing, or only a comment. Lines inside a scalar are content. */
export type LineKind = 'content' | 'blank' | 'comment';

/** A comment that is meant for an editor or a linter. */
const MODELINE = /^\s*#\s*(?:-\*-|vim?:|ex:|yaml-language-server:|yamllint\b|kate:)/;

/** The lines of a document as the edit sees them. Lines count from 0. */
export class Layout {
  readonly #kinds: LineKind[] = [];
  readonly #indents: number[] = [];
  /** Lines behind which blank lines would become part of a block scalar that keeps them (`|+`). */
  readonly #keeping = new Set<number>();
  readonly #comments: ReadonlySet<number>;
  /**
   * Number of lines of the header, which no pair owns: the first comment block of the file, be it below empty lines,
   * directives, the marker of a document or lines for editors.
   */
  readonly headerLines: number;

  constructor(readonly document: YamlDocument) {
    const { lines, text, marks } = document;
    this.#comments = marks.comments;
    for (let line = 0; line < lines.count; line++) {
      const start = lines.visibleStart(line);
      const end = lines.contentEnd(line);
      let at = start;
      while (at < end && text[at] === ' ') at++;
      let visible = at;
      while (visible < end && (text[visible] === ' ' || text[visible] === '\t')) visible++;
      this.#kinds.push(visible === end ? 'blank' : marks.comments.has(visible) ? 'comment' : 'content');
      // A tab is no indentation: such a comment stands at no key's column.
      this.#indents.push(visible === at ? at - start : -1);
    }
    for (const { start, end, keepsBreaks } of marks.scalars) {
      const last = lines.lineOf(Math.max(start, end - 1));
      for (let line = lines.lineOf(start); line <= last; line++) this.#kinds[line] = 'content';
      if (keepsBreaks) this.#keeping.add(last);
    }
    this.headerLines = this.#header();
  }

  /** True for a line of nothing, of a directive, or of the marker that begins a document: a header may stand below. */
  #isPreamble(line: number): boolean {
    const { lines, text } = this.document;
    const content = text.slice(lines.visibleStart(line), lines.contentEnd(line));
    return this.kind(line) === 'blank' || /^(?:%\S|---[ \t]*(?:#|$))/.test(content);
  }

  #header(): number {
    const { lines, text } = this.document;
    // Behind the last line ending there is no line to speak of.
    const isOpen = (line: number): boolean => this.kind(line) !== undefined;
    let end = 0;
    for (;;) {
      let line = end;
      while (isOpen(line) && this.#isPreamble(line)) line++;
      const first = line;
      while (this.kind(line) === 'comment') line++;
      if (line === first) return end;
      end = line;
      const block = text.slice(lines.visibleStart(first), lines.contentEnd(line - 1)).split('\n');
      const goesOn = isOpen(line) && this.kind(line) !== 'blank' && this.#isPreamble(line);
      // Lines for editors are no header yet, nor is what stands above a marker.
      if (!goesOn && !block.every((comment) => MODELINE.test(comment))) return end;
    }
  }

  kind(line: number): LineKind | undefined {
    const { lines, text } = this.document;
    if (line === lines.count - 1 && lines.start(line) === text.length) return undefined;
    return this.#kinds[line];
  }

  /** Column (from 0) of the first character of a line; -1 when tabs stand before it. */
  indent(line: number): number {
    return this.#indents[line] ?? 0;
  }

  keepsBreaks(line: number): boolean {
    return this.#keeping.has(line);
  }

  isComment(offset: number): boolean {
    return this.#comments.has(offset);
  }

  /** True when only spaces (and a byte order mark) stand before an offset on its line. */
  startsLine(offset: number): boolean {
    const { lines, text } = this.document;
    return /^ *$/.test(text.slice(lines.visibleStart(lines.lineOf(offset)), offset));
  }

  /** True when only space and a comment stand between an offset and the end of its line. */
  endsLine(offset: number): boolean {
    const { lines, text } = this.document;
    const at = this.skipSpace(offset);
    return at === lines.contentEnd(lines.lineOf(offset)) || at === text.length || this.isComment(at);
  }

  /** The offset of the next character that is no space or tab. */
  skipSpace(offset: number): number {
    const { text } = this.document;
    let at = offset;
    while (text[at] === ' ' || text[at] === '\t') at++;
    return at;
  }

  /** The line ending that new text at a line takes: the line's own, else the first one of the file. */
  endingAt(line: number): string {
    const { lines } = this.document;
    return lines.ending(line) || lines.ending(0) || '\n';
  }
}
