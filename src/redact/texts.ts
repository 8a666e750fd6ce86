import { maskRanges } from '../config/yaml/mask.js';
import { SECRET_MASK } from '../values/secret-value.js';
import type { TextRange } from './forms.js';

const SHORTEST_SECRET = 4;

/** Secrets by their first characters and, longest first, by their length, so that a text is gone through once. */
function indexOf(secrets: Iterable<string>): Map<string, [length: number, Set<string>][]> {
  const index = new Map<string, [number, Set<string>][]>();
  const longestFirst = [...new Set(secrets)]
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length);
  for (const secret of longestFirst) {
    const start = secret.slice(0, SHORTEST_SECRET);
    const lengths = index.get(start) ?? [];
    const last = lengths.at(-1);
    if (last?.[0] === secret.length) last[1].add(secret);
    else lengths.push([secret.length, new Set([secret])]);
    index.set(start, lengths);
  }
  return index;
}

/**
 * Masks every place at which one of the secrets stands, overlapping ones as one. Very short ones are left: they are
 * parts of any text.
 */
export function maskTexts(text: string, secrets: Iterable<string>): string {
  return textMasker(secrets)(text);
}

/** The same for many texts. */
export function textMasker(secrets: Iterable<string>): (text: string) => string {
  const index = indexOf(secrets);
  if (index.size === 0) return (text) => text;
  return (text) => {
    const ranges: TextRange[] = [];
    for (let at = 0; at <= text.length - SHORTEST_SECRET; at += 1) {
      const lengths = index.get(text.slice(at, at + SHORTEST_SECRET));
      const found = lengths?.find(([length, texts]) => texts.has(text.slice(at, at + length)));
      if (found) ranges.push([at, at + found[0]]);
    }
    return ranges.length === 0 ? text : maskRanges(text, ranges, SECRET_MASK);
  };
}
