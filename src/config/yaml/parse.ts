import type { Position } from '../../errors/index.js';
import { compose } from './compose.js';
import { decodeText } from './decode.js';
import { firstCauses } from './first-causes.js';
import { faultsError, type Fault } from './faults.js';
import { LineIndex } from './lines.js';
import { marksOf, type Marks } from './marks.js';
import type { MapNode } from './node.js';
import { secondOpinion } from './second-opinion.js';
import { serverRefusals } from './server-syntax.js';
import type { SourceIndex } from './source.js';
import { TreeBuilder } from './tree.js';

/** A configuration file that was read: its text, and its values with their places in it. */
export interface YamlText {
  /** The file as the user named it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The decoded text, with the byte order mark if there was one. Offsets and ranges count in it. */
  readonly text: string;
  /** The map at the top; one without entries and without length when `isEmpty`. */
  readonly root: MapNode;
  /** True for an empty file, one with comments only, and one whose value is null. False for `{}`. */
  readonly isEmpty: boolean;
  /** The place of an offset (UTF-16 units) in the text. */
  positionAt(offset: number): Position;
  readonly lines: LineIndex;
}

/** The same with what the lossless edit needs. */
export interface YamlDocument extends YamlText {
  readonly marks: Marks;
  /** Which text each entry was read from. */
  readonly source: SourceIndex;
}

/**
 * Reads a configuration file. Two readers that share no code must agree on it, so that what is reported here is
 * what the server's own reader sees.
 *
 * An empty file is no fault here: see `isEmpty`.
 *
 * @param bytes the file's content
 * @param file its name, for messages
 * @throws ToolError with one diagnostic for each fault: `config/not-utf8`, `config/invalid-yaml`,
 * `config/duplicate-key`, `config/several-documents`, `config/not-a-map`, `config/too-large` (above 4 MiB),
 * `config/too-deep`, `config/too-many-aliases`, `config/unsupported-yaml`, `config/ambiguous-yaml`
 */
export function parseYaml(bytes: Uint8Array, file: string): YamlDocument {
  const text = decodeText(bytes, file);
  const lines = new LineIndex(text);
  const positionAt = (offset: number): Position => lines.positionAt(offset);
  const refuse = (faults: readonly Fault[]) => faultsError(file, faults, positionAt);

  const syntax = compose(text);
  if (!('tokens' in syntax)) {
    const faultsOf = (changed: string): readonly Fault[] => {
      const again = compose(changed);
      return 'tokens' in again ? [] : again;
    };
    throw refuse(firstCauses(lines, syntax, faultsOf));
  }
  const refusals = serverRefusals(text, syntax.tokens, syntax.document);
  if (refusals.length > 0) throw refuse(refusals);
  const builder = new TreeBuilder(lines);
  const contents = syntax.document?.contents;
  const value = contents ? builder.build(contents) : undefined;
  if (builder.faults.length > 0) throw refuse(builder.faults);
  const isEmpty = !value || (value.kind === 'scalar' && value.isNull);
  if (!isEmpty && value.kind !== 'map') {
    throw refuse([
      {
        code: 'config/not-a-map',
        message: `The top of the file is a ${value.kind === 'sequence' ? 'list' : 'single value'}, not a map of keys`,
        hint: 'A configuration starts with keys such as "server:"; check that this is the right file.',
        offset: value.range[0],
      },
    ]);
  }
  const doubt = secondOpinion(lines, value);
  if (doubt) throw refuse([doubt]);
  const end = text.length;
  const root: MapNode =
    value?.kind === 'map'
      ? value
      : { kind: 'map', position: positionAt(0), range: [end, end], inherited: false, entries: [] };
  let marks: Marks | undefined;
  return {
    file,
    bytes,
    text,
    root,
    isEmpty,
    positionAt,
    lines,
    // Asked for by an edit alone.
    get marks() {
      return (marks ??= marksOf(syntax.tokens));
    },
    source: builder.index,
  };
}
