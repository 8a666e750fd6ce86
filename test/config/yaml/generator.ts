import type { YamlPath } from '../../../src/config/yaml/node.js';

/** A comment of the generated text, with the pair it belongs to; without an owner it stays in any case. */
export interface GeneratedComment {
  readonly id: string;
  readonly owner: YamlPath | undefined;
}

export interface GeneratedYaml {
  readonly text: string;
  /** Paths of all pairs that are written in the text, parents before children. */
  readonly pairs: readonly YamlPath[];
  readonly comments: readonly GeneratedComment[];
  readonly hasAliases: boolean;
  /** True when maps stand in lists, whose pairs may be impossible to cut. */
  readonly hasMapsInLists: boolean;
}

/** Choices read from a list of numbers: fast-check shrinks the list, and 0 is the plainest choice. */
export class Tape {
  #at = 0;
  constructor(readonly choices: readonly number[]) {}

  /** A number from 0 to below `count`. */
  pick(count: number): number {
    return (this.choices[this.#at++] ?? 0) % count;
  }

  /** True once in `times`. */
  rarely(times: number): boolean {
    return this.pick(times) === times - 1;
  }
}

export class YamlGenerator {
  #text = '';
  #next = 0;
  #eol = '\n';
  #step = 2;
  readonly #pairs: YamlPath[] = [];
  readonly #comments: GeneratedComment[] = [];
  readonly #anchors: { name: string; kind: 'map' | 'scalar' }[] = [];
  #hasAliases = false;
  #hasMapsInLists = false;

  constructor(readonly tape: Tape) {}

  generate(): GeneratedYaml {
    const { tape } = this;
    const bom = tape.rarely(4);
    this.#eol = tape.rarely(3) ? '\r\n' : '\n';
    this.#step = tape.rarely(3) ? 4 : 2;
    if (tape.rarely(3)) {
      this.#commentLine(0, undefined);
      if (tape.pick(2)) this.#line('');
    }
    if (tape.rarely(6)) this.#line('---');
    if (tape.rarely(8)) {
      this.#text += this.#flowMap([], 0);
      this.#text += this.#eol;
    } else {
      this.#map(0, [], undefined, 0);
    }
    if (tape.rarely(5)) this.#commentLine(0, undefined);
    if (tape.rarely(4)) this.#text = this.#text.replace(/\r?\n$/, '');
    return {
      text: (bom ? '\uFEFF' : '') + this.#text,
      pairs: this.#pairs,
      comments: this.#comments,
      hasAliases: this.#hasAliases,
      hasMapsInLists: this.#hasMapsInLists,
    };
  }

  #id(): number {
    return ++this.#next;
  }

  #line(content: string): void {
    // Now and then a line of its own kind in a file of the other.
    this.#text += content + (this.tape.rarely(40) ? '\n' : this.#eol);
  }

  #comment(owner: YamlPath | undefined): string {
    const id = `c${this.#id()}é`;
    this.#comments.push({ id, owner });
    return `#${this.tape.pick(2) ? ' ' : ''}${id}:${this.tape.rarely(4) ? '\t"x" {' : ''}${this.tape.rarely(5) ? '  ' : ''}`;
  }

  #commentLine(indent: number, owner: YamlPath | undefined): void {
    this.#line(' '.repeat(indent) + this.#comment(owner));
  }

  #blanks(): void {
    const { tape } = this;
    for (let n = [0, 0, 0, 1, 1, 2][tape.pick(6)] ?? 0; n > 0; n--) this.#line(tape.rarely(6) ? ' ' : '');
  }

  #endOfLine(owner: YamlPath): string {
    const { tape } = this;
    if (tape.rarely(4)) return `${' '.repeat(1 + tape.pick(3))}${this.#comment(owner)}`;
    return tape.rarely(8) ? '  ' : '';
  }

  #key(): { key: string; written: string } {
    const { tape } = this;
    const key = `${['k', 'ключ', 'k e y ', 'k-'][tape.pick(4)] ?? 'k'}${this.#id()}`;
    const written = [key, `"${key}"`, `'${key}'`][tape.pick(3)] ?? key;
    return { key, written };
  }

  /** A block map at a column; `first` is text that already stands before its first key, as a dash does. */
  #map(indent: number, path: YamlPath, owner: YamlPath | undefined, depth: number, behindDash = false): void {
    const { tape } = this;
    const count = 1 + tape.pick(depth === 0 ? 9 : 4);
    for (let i = 0; i < count; i++) {
      const inline = behindDash && i === 0;
      const pad = ' '.repeat(indent);
      if (!inline) {
        this.#blanks();
        if (tape.rarely(6)) {
          this.#commentLine(indent, owner);
          this.#line('');
        }
        if (indent > 0 && tape.rarely(8))
          this.#commentLine(indent - 1 - tape.pick(indent), this.#ownerAt(owner));
      }
      if (!inline && depth < 4 && i === 0 && this.#anchors.some((a) => a.kind === 'map') && tape.rarely(3)) {
        this.#line(`${pad}<<: *${this.#anyAnchor('map')}`);
        continue;
      }
      const { key, written } = this.#key();
      const pair = [...path, key];
      this.#pairs.push(pair);
      if (!inline) for (let n = [0, 0, 1, 2][tape.pick(4)] ?? 0; n > 0; n--) this.#commentLine(indent, pair);
      this.#pair(inline ? '' : pad, written, pair, indent, depth);
    }
    if (owner && !behindDash && tape.rarely(6)) {
      this.#blanks();
      this.#commentLine(indent, owner);
    }
  }

  /** Comments left of the keys belong to nothing that the oracle could name when lists stand between. */
  #ownerAt(owner: YamlPath | undefined): YamlPath | undefined {
    return owner;
  }

  #anyAnchor(kind: 'map' | 'scalar'): string {
    this.#hasAliases = true;
    const fitting = this.#anchors.filter((a) => a.kind === kind);
    return fitting[this.tape.pick(fitting.length)]?.name ?? '';
  }

  #pair(pad: string, written: string, path: YamlPath, indent: number, depth: number): void {
    const { tape } = this;
    const start = `${pad}${written}:`;
    const kind = tape.pick(depth >= 4 ? 9 : 14);
    const anchor = tape.rarely(4) ? `a${this.#id()}` : undefined;
    const property = anchor ? ` &${anchor}` : '';
    const inner = ' '.repeat(indent + this.#step);
    if (kind < 4) {
      this.#line(`${start}${property} ${this.#scalar()}${this.#endOfLine(path)}`);
      if (tape.rarely(6)) this.#commentLine(indent + 1 + tape.pick(4), path);
    } else if (kind === 4) {
      this.#line(`${start}${property}${this.#endOfLine(path)}`);
    } else if (kind === 5) {
      const [open, close] = [
        ['"', '"'],
        ["'", "'"],
        ['w', 'w'],
      ][tape.pick(3)] ?? ['"', '"'];
      this.#line(`${start}${property} ${open}v${this.#id()} first`);
      if (tape.pick(2)) this.#line('');
      this.#line(`${inner}${open === 'w' ? '' : '# no comment, '}last${close}${this.#endOfLine(path)}`);
    } else if (kind === 6) {
      this.#blockScalar(start + property, path, indent);
    } else if (kind === 7) {
      this.#line(`${start}${property} ${this.#flowMap(path, indent)}${this.#endOfLine(path)}`);
      if (anchor) this.#anchors.push({ name: anchor, kind: 'map' });
      return;
    } else if (kind === 8) {
      if (this.#anchors.length === 0)
        this.#line(`${pad}? ${written}${this.#eol}${' '.repeat(indent)}: v${this.#id()}`);
      else {
        const anyKind = this.#anchors[tape.pick(this.#anchors.length)]?.kind ?? 'scalar';
        this.#line(`${start} *${this.#anyAnchor(anyKind)}${this.#endOfLine(path)}`);
      }
      return;
    } else if (kind < 12) {
      this.#line(`${start}${property}${this.#endOfLine(path)}`);
      this.#map(indent + this.#step, path, path, depth + 1);
      if (anchor) this.#anchors.push({ name: anchor, kind: 'map' });
      return;
    } else {
      this.#line(`${start}${property}${this.#endOfLine(path)}`);
      this.#list(tape.pick(2) ? indent : indent + this.#step, path, depth);
      return;
    }
    if (anchor) this.#anchors.push({ name: anchor, kind: 'scalar' });
  }

  #scalar(): string {
    const id = this.#id();
    const plain = [`v${id}`, `${id}`, 'true', '~', `1.10`, `http://x.y/?a=${id}#b`, `v ${id} ü`];
    const quoted = [`"v${id} # no"`, `'it''s ${id}'`, `"\\t\\"${id}\\u00e9"`, '""', `"{${id}, 🚀}"`];
    const all = [...plain, ...quoted, `!!str ${id}`];
    return all[this.tape.pick(all.length)] ?? '1';
  }

  #blockScalar(start: string, path: YamlPath, indent: number): void {
    const { tape } = this;
    const style = ['|', '>'][tape.pick(2)] ?? '|';
    const chomp = ['', '-', '+'][tape.pick(3)] ?? '';
    const explicit = tape.rarely(3);
    const width = 1 + tape.pick(4);
    const pad = ' '.repeat(indent + width);
    this.#line(
      `${start} ${style}${explicit ? width : ''}${chomp}${tape.rarely(4) ? ` ${this.#comment(path)}` : ''}`,
    );
    this.#line(`${pad}${explicit && tape.pick(2) ? '  ' : ''}v${this.#id()}`);
    for (let n = tape.pick(3); n > 0; n--) this.#line(tape.pick(2) ? '' : `${pad}# no comment`);
  }

  #flowMap(path: YamlPath, indent: number): string {
    const { tape } = this;
    const count = 1 + tape.pick(3);
    const rows = tape.rarely(3);
    const pad = ' '.repeat(indent + this.#step);
    let text = '{';
    if (rows) text += this.#eol;
    else if (tape.pick(2)) text += ' ';
    for (let i = 0; i < count; i++) {
      const { key, written } = this.#key();
      const pair = [...path, key];
      this.#pairs.push(pair);
      const nested = path.length < 5 && tape.rarely(4);
      if (rows && tape.rarely(3)) text += pad + this.#comment(pair) + this.#eol;
      const value = nested ? this.#inlineFlowMap(pair) : tape.rarely(5) ? '[1, {b: c}]' : `"f${this.#id()}"`;
      const comma = i < count - 1 || tape.rarely(4) ? ',' : '';
      text += `${rows ? pad : ''}${written}: ${value}${comma}`;
      if (rows) text += this.#endOfLine(pair) + this.#eol;
      else if (comma && i < count - 1) text += ' '.repeat(tape.pick(3));
    }
    return `${text}${rows ? ' '.repeat(indent) : tape.pick(2) ? ' ' : ''}}`;
  }

  #inlineFlowMap(path: YamlPath): string {
    const items = Array.from({ length: 1 + this.tape.pick(3) }, () => {
      const { key, written } = this.#key();
      this.#pairs.push([...path, key]);
      return `${written}: g${this.#id()}`;
    });
    return `{${items.join(', ')}}`;
  }

  #list(indent: number, path: YamlPath, depth: number): void {
    const { tape } = this;
    const pad = ' '.repeat(indent);
    const count = 1 + tape.pick(3);
    for (let i = 0; i < count; i++) {
      if (tape.rarely(6) && i > 0) this.#commentLine(indent, path);
      if (depth < 3 && tape.rarely(3)) {
        this.#hasMapsInLists = true;
        this.#text += `${pad}- `;
        this.#map(indent + 2, [...path, i], path, depth + 1, true);
      } else {
        this.#line(`${pad}- ${this.#scalar()}${this.#endOfLine(path)}`);
      }
    }
  }
}
