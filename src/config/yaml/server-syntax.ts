import { visit, type CST, type Document } from 'yaml';
import type { Fault } from './faults.js';

/** One escape of a double-quoted text; a backslash before a backslash begins none. */
const escapes = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[^])/g;

function explainEscape(
  written: string,
  code: string | undefined,
): Pick<Fault, 'message' | 'hint'> | undefined {
  if (written === '\\/') {
    return {
      message: 'The escape \\/ is none that the server knows; it does not start with this file',
      hint: 'Write / without a backslash.',
    };
  }
  const point = code === undefined ? 0 : Number.parseInt(code, 16);
  if (point < 0xd800 || point > 0xdfff) return undefined;
  return {
    message: `The escape ${written} is half of a surrogate pair, which the server refuses; it does not start with this file`,
    hint: 'Write the character itself, or its whole code point with eight digits, such as "\\U0001F600" for U+1F600.',
  };
}

function escapeFaults(text: string, document: Document.Parsed | undefined): Fault[] {
  const faults: Fault[] = [];
  if (!document) return faults;
  visit(document, {
    Scalar(_key, { type, range }) {
      if (type !== 'QUOTE_DOUBLE' || !range) return;
      for (const match of text.slice(range[0], range[1]).matchAll(escapes)) {
        const said = explainEscape(match[0], match[1] ?? match[2]);
        if (said) faults.push({ code: 'config/invalid-yaml', ...said, offset: range[0] + match.index });
      }
    },
  });
  return faults;
}

function directiveFaults(tokens: readonly CST.Token[]): Fault[] {
  return tokens.flatMap((token): Fault[] => {
    if (token.type !== 'directive' || !/^%YAML\b/.test(token.source)) return [];
    if (/^%YAML[ \t]+1\.1[ \t]*(?:#.*)?$/.test(token.source)) return [];
    return [
      {
        code: 'config/invalid-yaml',
        message: 'The server knows no YAML version but 1.1, and does not start with this directive',
        hint: 'Remove the line that begins with %YAML.',
        offset: token.offset,
      },
    ];
  });
}

/**
 * What YAML 1.2 allows and the server's reader (yaml.v3 of Go) refuses: a `%YAML` directive other than 1.1, the escape
 * `\/`, and escapes of surrogates, in pairs or alone. Observed on a Go server 1.8.22.
 * @param text of the file, in which the ranges of the document count
 */
export function serverRefusals(
  text: string,
  tokens: readonly CST.Token[],
  document: Document.Parsed | undefined,
): Fault[] {
  return [...directiveFaults(tokens), ...escapeFaults(text, document)];
}
