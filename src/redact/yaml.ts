import { maskRanges } from '../config/yaml/mask.js';
import type { MapNode, ScalarNode, YamlNode } from '../config/yaml/node.js';
import type { YamlText } from '../config/yaml/parse.js';
import { scalarText } from '../config/yaml/scalar-text.js';
import { findLegacyPath, lookupPath } from '../registry/index.js';
import { SECRET_MASK } from '../values/secret-value.js';
import { maskSource, type TextRange } from './forms.js';
import { textMasker } from './texts.js';

type Mask = (text: string) => string;

/** A part of a text with what is written in its place. */
interface Replacement {
  readonly range: TextRange;
  readonly text: string;
}

/** The mask as a value. Without quotes its first asterisk would begin an alias, and no reader would take the file. */
const MASKED_VALUE = scalarText(SECRET_MASK);

/** What of a document is masked, beside the places at which one of `texts` stands. */
export interface MaskedParts {
  /** Every scalar of the document, once. */
  readonly scalars: readonly ScalarNode[];
  /** Scalars that are masked whole. */
  readonly ranges: readonly TextRange[];
  /** All comments, from behind their number sign. */
  readonly comments: readonly TextRange[];
  /** The parts of comments that are masked whole. */
  readonly secretComments: readonly TextRange[];
  readonly texts: ReadonlySet<string>;
}

const placeOf = ({ range, writtenAt }: ScalarNode): TextRange => writtenAt ?? range;

/** The lines of a block scalar, each masked for itself, so that their indentation stays. */
function maskedBlock(raw: string, text: string, mask: Mask): string {
  const header = raw.indexOf('\n') + 1;
  const lines = raw.slice(header).replace(/[^\s].*/g, mask);
  if (lines !== raw.slice(header) || mask(text) === text) return raw.slice(0, header) + lines;
  // A secret of several lines.
  return maskRanges(raw, [[0, raw.length]], MASKED_VALUE);
}

/** A scalar that holds a secret among other things, written so that it is read as one scalar. */
function maskedScalar(raw: string, { style, text }: ScalarNode, mask: Mask): string {
  if (style === 'literal' || style === 'folded') return maskedBlock(raw, text, mask);
  if (style === 'plain' && !raw.includes('\n')) {
    const masked = mask(raw);
    return masked.startsWith('*') ? scalarText(masked) : masked;
  }
  const masked = mask(text);
  return masked === text && mask(raw) === raw ? raw : scalarText(masked);
}

function scalarReplacements(document: YamlText, parts: MaskedParts, mask: Mask): Replacement[] {
  const whole = new Set(parts.ranges.map(([start]) => start));
  const seen = new Set<number>();
  return parts.scalars.flatMap((scalar): Replacement[] => {
    const [start, end] = placeOf(scalar);
    if (end <= start || seen.has(start)) return [];
    seen.add(start);
    const raw = document.text.slice(start, end);
    if (whole.has(start)) {
      return [{ range: [start, end], text: maskRanges(raw, [[0, raw.length]], MASKED_VALUE) }];
    }
    const text = maskedScalar(raw, scalar, mask);
    const isBlock = scalar.style === 'literal' || scalar.style === 'folded';
    // The header of a block may end in a comment, which is masked on its own.
    const header = isBlock ? raw.indexOf('\n') + 1 : 0;
    return text.startsWith(raw.slice(0, header))
      ? [{ range: [start + header, end], text: text.slice(header) }]
      : [{ range: [start, end], text }];
  });
}

/** How a key is written at an offset; undefined for keys in forms that no configuration has. */
function writtenKey(text: string, key: string, start: number): string | undefined {
  if (text.startsWith(key, start)) return key;
  const quoted = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/y;
  quoted.lastIndex = start;
  return quoted.exec(text)?.[0];
}

function isKnown(path: readonly string[]): boolean {
  return lookupPath(path).kind !== 'unknown' || findLegacyPath(path) !== undefined;
}

/** Keys of which a part is a secret. Names that servers know stay: a password such as `redis` does not hide them. */
function keyReplacements(document: YamlText, mask: Mask): Replacement[] {
  const { text, lines, root } = document;
  const replacements: Replacement[] = [];
  const visit = (node: YamlNode, path: readonly string[]): void => {
    if (node.kind === 'sequence') for (const item of node.items) visit(item, [...path, '']);
    else if (node.kind === 'map') visitMap(node, path);
  };
  const visitMap = (map: MapNode, above: readonly string[]): void => {
    const used = new Set(map.entries.map(({ key }) => key));
    for (const { key, keyPosition, from, value } of map.entries) {
      if (from !== 'own' || map.inherited) continue;
      const path = [...above, key];
      const start = lines.visibleStart(keyPosition.line - 1) + keyPosition.column - 1;
      const written = writtenKey(text, key, start);
      if (written !== undefined) {
        const range: TextRange = [start, start + written.length];
        const masked = mask(key);
        let name = masked === key || isKnown(path) ? key : masked;
        // Two keys of one map may not become the same one.
        for (let n = 2; name !== key && used.has(name); n += 1) name = `${masked} ${n}`;
        used.add(name);
        replacements.push({ range, text: name === key ? written : scalarText(name) });
      }
      visit(value, path);
    }
  };
  visit(root, []);
  return replacements;
}

function commentReplacements({ text }: YamlText, parts: MaskedParts, mask: Mask): Replacement[] {
  const secret = [...parts.secretComments].sort((a, b) => a[0] - b[0]);
  let next = 0;
  return parts.comments.map(([start, end]) => {
    const inside: TextRange[] = [];
    for (; next < secret.length && (secret[next]?.[0] ?? 0) < end; next += 1) {
      const [from, to] = secret[next] as TextRange;
      if (from >= start) inside.push([from - start, Math.min(to, end) - start]);
    }
    return { range: [start, end], text: mask(maskRanges(text.slice(start, end), inside, SECRET_MASK)) };
  });
}

/** A document's text with its secrets masked: it can still be read, with the same keys and as many values. */
export function maskYaml(document: YamlText, parts: MaskedParts): string {
  const byText = textMasker(parts.texts);
  const mask: Mask = (text) => maskSource(byText(text));
  const replacements = [
    ...scalarReplacements(document, parts, mask),
    ...keyReplacements(document, mask),
    ...commentReplacements(document, parts, mask),
  ].sort((a, b) => a.range[0] - b.range[0] || b.range[1] - a.range[1]);
  const written: string[] = [];
  let done = 0;
  // What stands between is punctuation, and names of anchors.
  const upTo = (end: number): string => document.text.slice(done, end).replace(/[^\s,[\]{}]+/g, byText);
  for (const { range, text } of replacements) {
    if (range[0] < done) continue;
    written.push(upTo(range[0]), text);
    done = range[1];
  }
  return written.join('') + upTo(document.text.length);
}
