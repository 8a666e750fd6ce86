import { Composer, Lexer, Parser, type CST, type Document } from 'yaml';
import { faultsOf } from './brackets.js';
import type { Fault } from './faults.js';
import { explain } from './yaml-messages.js';

/** How deep maps and lists may be nested. Beyond it, readers written with recursion run out of stack. */
export const MAX_DEPTH = 64;

export const tooDeep = (offset: number): Fault => ({
  code: 'config/too-deep',
  message: `Maps and lists are nested more than ${MAX_DEPTH} deep`,
  hint: 'Check for unclosed brackets; no setting is nested so deep.',
  offset,
});

/** The syntax of a file: every character of the text is in one of the tokens. */
export interface Syntax {
  readonly tokens: readonly CST.Token[];
  readonly document: Document.Parsed | undefined;
}

function tokenize(text: string): CST.Token[] | Fault {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    // The stack holds the document, one entry for each open collection, and a scalar.
    if (parser.stack.length > MAX_DEPTH + 2) return tooDeep(parser.offset);
  }
  tokens.push(...parser.end());
  return tokens;
}

/** Reads the syntax of a text with the `yaml` package, or says what is wrong with it, all faults at once. */
export function compose(text: string): Syntax | readonly Fault[] {
  const tokens = tokenize(text);
  if (!Array.isArray(tokens)) return [tokens];
  // With the failsafe schema every scalar stays text: types belong to the registry. Duplicate keys are found
  // while the tree is built, since the parser's own search is quadratic.
  const composer = new Composer({
    keepSourceTokens: true,
    prettyErrors: false,
    schema: 'failsafe',
    uniqueKeys: false,
  });
  const documents = [...composer.compose(tokens, false, text.length)];
  const [document, second] = documents;
  const faults = faultsOf(
    documents.flatMap(({ errors }) => errors),
    tokens,
    ({ code, pos }) => ({ code: 'config/invalid-yaml', ...explain(code), offset: pos[0] }),
  );
  if (second) {
    faults.push({
      code: 'config/several-documents',
      message: 'A second YAML document starts here',
      hint: 'A configuration file holds one document: remove this --- and what does not belong to it.',
      offset: second.range[0],
    });
  }
  return faults.length > 0 ? faults : { tokens, document };
}
