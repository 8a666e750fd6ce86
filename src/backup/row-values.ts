import type { PortableValue } from '../database/index.js';
import { isRecord } from '../values/record.js';
import { isText } from './line-shapes.js';

/** What each tag may hold. */
const tags: Readonly<Record<string, (content: unknown) => boolean>> = {
  text: isText,
  integer: isText,
  float: (content) => typeof content === 'number' || isText(content),
  binary: isText,
  utf8: isText,
  utf16le: isText,
  utf16be: isText,
};

/** What is wrong with a value that is an object; undefined for one with a single tag that is known. */
function tagFault(value: Readonly<Record<string, unknown>>): string | undefined {
  const [first, ...others] = Object.entries(value);
  if (!first || others.length > 0) return 'has a value without one tag';
  const [tag, content] = first;
  if (!Object.hasOwn(tags, tag)) return 'has a value with a tag that this tool does not know';
  return tags[tag]?.(content) === true ? undefined : `has a value that is no ${tag} though it is tagged so`;
}

/** True for what an array of an engine holds: texts, nulls and arrays; numbers and truth values do no harm. */
function isArrayItem(item: unknown): boolean {
  return Array.isArray(item) ? item.every(isArrayItem) : !isRecord(item);
}

/**
 * What keeps a row from being one, in words that follow its line; undefined where nothing does.
 * @param row JSON that does not nest deeper than a line may
 */
export function rowFault(row: unknown): string | undefined {
  if (!Array.isArray(row)) return 'is no row';
  for (const value of row as readonly PortableValue[]) {
    // Nearly all values are none, and this is asked of every one.
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      if (!isArrayItem(value)) return 'has an array with an object in it';
      continue;
    }
    const fault = tagFault(value as Readonly<Record<string, unknown>>);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
