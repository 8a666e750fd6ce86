import { isUtf8 } from 'node:buffer';
import type BetterSqlite3 from 'better-sqlite3';
import { ToolError } from '../../../errors/index.js';
import type { PortableValue, TaggedValue } from '../../schema-facts.js';

/** What the driver puts in the place of bytes that are no UTF-8. A text may hold it by itself as well. */
const REPLACEMENT = '\ufffd';

export type TextEncoding = 'utf8' | 'utf16le' | 'utf16be';

export function encodingOf(handle: BetterSqlite3.Database): TextEncoding {
  const name = String(handle.prepare('pragma encoding').pluck().get());
  return name === 'UTF-16le' ? 'utf16le' : name === 'UTF-16be' ? 'utf16be' : 'utf8';
}

/** True for a text that may not be what the file holds: the driver has it in UTF-8 and cannot say what it lost. */
export function isDoubtful(text: string, encoding: TextEncoding): boolean {
  return encoding !== 'utf8' || text.includes(REPLACEMENT);
}

/** A text by its own bytes: as a text where it is one, else as the bytes with the name of their encoding. */
export function textOrTag(bytes: Buffer, encoding: TextEncoding): string | TaggedValue {
  if (encoding === 'utf8') {
    return isUtf8(bytes) ? bytes.toString('utf8') : { utf8: bytes.toString('base64') };
  }
  const isEven = bytes.length % 2 === 0;
  const little = encoding === 'utf16be' && isEven ? Buffer.from(bytes).swap16() : bytes;
  const text = little.toString('utf16le');
  // Half of a surrogate pair does not come back from UTF-8.
  if (isEven && Buffer.from(text, 'utf8').toString('utf8') === text) return text;
  const base64 = bytes.toString('base64');
  return encoding === 'utf16le' ? { utf16le: base64 } : { utf16be: base64 };
}

/**
 * The bytes of a text that is none, and that must be bound as a blob which becomes a text; undefined for all others.
 * @throws ToolError `backup/not-fitting` where the file keeps its texts in another encoding
 */
export function rawTextOf(value: PortableValue, encoding: TextEncoding, column: string): Buffer | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [[tag = '', text = ''] = []] = Object.entries(value as Readonly<Record<string, string>>);
  if (!['utf8', 'utf16le', 'utf16be'].includes(tag)) return undefined;
  if (tag === encoding) return Buffer.from(text, 'base64');
  throw new ToolError(
    'backup/not-fitting',
    `A text of the column ${column} is no valid ${tag === 'utf8' ? 'UTF-8' : 'UTF-16'}, and this file keeps its texts in another encoding`,
    {
      hint: `Restore into a file that was made with PRAGMA encoding of the one that was backed up, or mend the text there.`,
    },
  );
}
