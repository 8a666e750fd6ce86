import { ToolError, type Diagnostic } from '../../errors/index.js';
import { spansOfLines } from './blank-lines.js';
import { Changes, type Insertion, type Span } from './changes.js';
import { editBlockMap } from './cut-block.js';
import { editFlowMap } from './cut-flow.js';
import { byMap, CutPlanner, type CutPlan } from './cut-plan.js';
import { Layout } from './layout.js';
import { parseYaml, type YamlDocument } from './parse.js';
import { readRequest, type EditRequest, type YamlEdits } from './request.js';
import { isExpectedResult } from './verify.js';

export type { YamlEdits } from './request.js';

/** An edited text, and how it came from the original. */
export interface YamlEdit {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** What went, as ranges of the original text in UTF-16 units: in order, none touching another. */
  readonly removed: readonly Span[];
  /** What came, each put before the character at an offset of the original text; in order. */
  readonly added: readonly Insertion[];
}

const cannotCut = (file: string, diagnostics: readonly Diagnostic[]): ToolError => {
  const [first] = diagnostics;
  const message =
    diagnostics.length === 1 && first
      ? first.message
      : `${diagnostics.length} places in ${file} cannot be edited without changing something else`;
  return new ToolError('config/cannot-cut', message, {
    diagnostics,
    ...(first?.hint === undefined ? {} : { hint: first.hint }),
  });
};

function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: [number, number][] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else if (end > start) merged.push([start, end]);
  }
  return merged;
}

/** The new text for the map at the top when every pair of it goes. */
function emptyMap(document: YamlDocument, layout: Layout, removed: readonly Span[]): Insertion[] {
  const { root, lines } = document;
  const inBraces = document.source.mapOf(root).map?.style === 'flow';
  const [first] = removed;
  if (inBraces || !first) return [];
  return [{ offset: first[0], text: `{}${layout.endingAt(lines.lineOf(first[0]))}` }];
}

function assemble(text: string, removed: readonly Span[], insertions: readonly Insertion[]): string {
  const parts: string[] = [];
  let done = 0;
  let next = 0;
  const copyTo = (offset: number): void => {
    for (let span = removed[next]; span && span[0] < offset; span = removed[next]) {
      if (span[0] > done) parts.push(text.slice(done, span[0]));
      done = Math.max(done, Math.min(span[1], offset));
      if (span[1] > offset) return;
      next++;
    }
    if (offset > done) parts.push(text.slice(done, offset));
    done = Math.max(done, offset);
  };
  for (const { offset, text: added } of insertions) {
    copyTo(offset);
    parts.push(added);
  }
  copyTo(text.length);
  return parts.join('');
}

/** New text at the very end of a file without a final line ending does not bring one. */
function withoutNewEnding(
  document: YamlDocument,
  removed: readonly Span[],
  insertions: readonly Insertion[],
): Insertion[] {
  const { text } = document;
  const last = insertions.at(-1);
  const lastSpan = removed.at(-1);
  const atEnd = last && lastSpan && lastSpan[1] === text.length && last.offset >= lastSpan[0];
  if (!atEnd || text.endsWith('\n')) return [...insertions];
  return [...insertions.slice(0, -1), { ...last, text: last.text.replace(/\r?\n$/, '') }];
}

function collectChanges(layout: Layout, { added }: EditRequest, plan: CutPlan): Changes {
  const changes = new Changes();
  const maps = byMap(plan.pairs);
  for (const pair of added.keys()) if (!maps.has(pair.map)) maps.set(pair.map, []);
  for (const [map, cuts] of maps) {
    const edit = map.style === 'flow' ? editFlowMap : editBlockMap;
    edit(layout, map, cuts, added, changes);
  }
  return changes;
}

/**
 * Cuts pairs out of a configuration file and adds pairs of text, without touching anything else. The rules, for
 * operators, are in docs/lossless-edit.md; in short:
 *
 * - With a pair go the comment at the end of its line, the comments inside its value or indented deeper than its
 *   key behind it, and the comment block directly above it at the key's indentation. A comment block that starts
 *   at the first line of the file stays.
 * - A map that loses all its pairs goes with its own pair; a file that loses all keeps `{}`.
 * - Where blank lines (or the start of the file or block) stand directly above the cut and blank lines directly
 *   below, the ones below go.
 * - Every other character stays as it is, in its order.
 *
 * The result is read back with both YAML readers, and must be the original data less the cut pairs plus the new.
 *
 * @throws ToolError `config/cannot-cut` with a diagnostic for each place that stands in the way
 */
export function editYaml(document: YamlDocument, edits: YamlEdits): YamlEdit {
  const { file, text } = document;
  if (edits.cut.length === 0 && (edits.add ?? []).length === 0) {
    return { bytes: document.bytes, text, removed: [], added: [] };
  }
  const request = readRequest(document, edits);
  const plan = new CutPlanner(document).plan(request.edit);
  const faults = [...request.faults, ...plan.faults];
  if (faults.length > 0) throw cannotCut(file, faults);

  const layout = new Layout(document);
  const changes = collectChanges(layout, request, plan);
  if (changes.refusals.length > 0) {
    throw cannotCut(
      file,
      changes.refusals.map(({ offset, message, hint }) => ({
        code: 'config/cannot-cut',
        severity: 'error',
        message,
        file,
        position: document.positionAt(offset),
        hint,
      })),
    );
  }
  const removed = mergeSpans([...changes.spans, ...spansOfLines(layout, changes.lines)]);
  const insertions = [
    ...changes.insertions,
    ...(plan.emptiesRoot ? emptyMap(document, layout, removed) : []),
  ];
  const added = withoutNewEnding(
    document,
    removed,
    insertions.sort((a, b) => a.offset - b.offset),
  );
  const result = assemble(text, removed, added);
  const bytes = new TextEncoder().encode(result);
  if (!readsBack(document, request, edits, bytes)) {
    const [first] = removed;
    const hint = 'Edit the file by hand; please report this file as a fault of the tool.';
    throw cannotCut(file, [
      {
        code: 'config/cannot-cut',
        severity: 'error',
        message: 'The edited text would not read as the original less the cut pairs; nothing was written',
        file,
        ...(first ? { position: document.positionAt(first[0]) } : {}),
        hint,
      },
    ]);
  }
  return { bytes, text: result, removed, added };
}

function readsBack(
  document: YamlDocument,
  request: EditRequest,
  edits: YamlEdits,
  bytes: Uint8Array,
): boolean {
  try {
    const after = parseYaml(bytes, document.file);
    return !after.isEmpty && isExpectedResult(document.root, request.edit, edits.add ?? [], after.root);
  } catch (error) {
    if (error instanceof ToolError) return false;
    throw error;
  }
}
