import { ToolError } from '../../errors/index.js';
import { faultsError, type Fault } from './faults.js';
import { LineIndex } from './lines.js';

/** The largest file that is read, in bytes. Real configurations have some ten thousand. */
const MAX_BYTES = 4 * 1024 * 1024;

const convert = 'Save the file as UTF-8, for example with: iconv -f UTF-16 -t UTF-8';

function looksLikeUtf16(bytes: Uint8Array): boolean {
  const [a, b] = bytes;
  if (a === undefined || b === undefined) return false;
  return (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || (a === 0) !== (b === 0);
}

/** Number of bytes before the first one that is not UTF-8. */
function validPrefix(bytes: Uint8Array): number {
  const valid = (length: number): boolean => {
    try {
      // In stream mode a character that is cut off at the end is no error.
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length), {
        stream: true,
      });
      return true;
    } catch {
      return false;
    }
  };
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (valid(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  if (looksLikeUtf16(bytes)) {
    throw faultsError(
      file,
      [{ code: 'config/not-utf8', message: 'The file is UTF-16, not UTF-8', hint: convert, offset: 0 }],
      () => ({ line: 1, column: 1 }),
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      bytes.subarray(0, validPrefix(bytes)),
      {
        stream: true,
      },
    );
    const lines = new LineIndex(before);
    throw faultsError(
      file,
      [
        {
          code: 'config/not-utf8',
          message: 'The file holds bytes that are not UTF-8',
          hint: 'Save the file as UTF-8, for example with: iconv -f ISO-8859-1 -t UTF-8',
          offset: before.length,
        },
      ],
      (offset) => lines.positionAt(offset),
    );
  }
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const forbidden = /\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]|(?!^)\ufeff/g;

function explainCharacter(character: string): Pick<Fault, 'message' | 'hint'> {
  if (character === '\r') {
    return {
      message: 'A carriage return stands without a line feed',
      hint: 'Convert the line endings, for example with: tr "\\r" "\\n"',
    };
  }
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  if (character === '\0')
    return { message: 'The file holds a NUL byte', hint: 'Check that this is a YAML text file.' };
  return {
    // The server's reader takes the Unicode line separators for line endings, the readers here do not.
    message: `The file holds the character U+${code}, which YAML readers refuse or read differently`,
    hint: `Remove it, or write "\\u${code}" in a double-quoted value.`,
  };
}

/**
 * The text of a configuration file, byte order mark included.
 *
 * @throws ToolError `config/too-large`, `config/not-utf8`, or `config/invalid-yaml` for characters that YAML
 * forbids or that its readers take differently (lone carriage returns, control characters, line separators).
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  if (bytes.length > MAX_BYTES) {
    const hint = `A configuration file may have ${MAX_BYTES} bytes; check the path.`;
    throw new ToolError('config/too-large', `${file} has ${bytes.length} bytes`, {
      hint,
      diagnostics: [
        {
          code: 'config/too-large',
          severity: 'error',
          message: `The file has ${bytes.length} bytes`,
          file,
          hint,
        },
      ],
    });
  }
  const text = decodeUtf8(bytes, file);
  const faults: Fault[] = [];
  for (const match of text.matchAll(forbidden)) {
    // One finding says it all for a file of another kind.
    if (faults.some((fault) => text[fault.offset] === match[0])) continue;
    faults.push({ code: 'config/invalid-yaml', ...explainCharacter(match[0]), offset: match.index });
  }
  if (faults.length > 0) {
    const lines = new LineIndex(text);
    throw faultsError(file, faults, (offset) => lines.positionAt(offset));
  }
  return text;
}
