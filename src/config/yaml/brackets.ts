import type { CST, YAMLParseError } from 'yaml';
import type { Fault } from './faults.js';

/** What the parser says of a list or a map in brackets that it saw no end of. The words hold nothing of the file. */
const noEnd = /end with a [\]}]$/;

const closing: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

/** The brackets that nothing closes, the inner ones first, as the parser reports them. */
function* unclosedIn(
  token: CST.Token | null | undefined,
): Generator<CST.Token & { readonly source: string }> {
  if (token?.type === 'document') yield* unclosedIn(token.value);
  if (!token || !('items' in token)) return;
  for (const item of token.items) {
    if ('key' in item) yield* unclosedIn(item.key);
    yield* unclosedIn(item.value);
  }
  if (token.type !== 'flow-collection') return;
  const [end] = token.end;
  const isClosed = end !== undefined && 'source' in end && end.source === closing[token.start.source];
  if (!isClosed) yield token.start;
}

/** The fault of a bracket, at the bracket: the place at which the parser gives up can be far below it. */
function unclosed(bracket: string, offset: number): Fault {
  return {
    code: 'config/invalid-yaml',
    message: `This ${bracket} has no ${closing[bracket] ?? 'end'}`,
    hint: `Write ${closing[bracket] ?? 'it'} where the ${bracket === '[' ? 'list' : 'map'} ends. The lines before it are indented deeper than its key.`,
    offset,
  };
}

/**
 * The faults of the parser, with those of brackets in our own words and at their places.
 * @param faultOf the fault for any other finding
 */
export function faultsOf(
  errors: readonly YAMLParseError[],
  tokens: readonly CST.Token[],
  faultOf: (error: YAMLParseError) => Fault,
): Fault[] {
  const brackets = tokens.flatMap((token) => [...unclosedIn(token)]);
  let next = 0;
  return errors.flatMap((error): Fault[] => {
    if (!noEnd.test(error.message)) return [faultOf(error)];
    const bracket = brackets[next++];
    // A quote without end swallows the bracket that would have come.
    const swallowed = errors.some(
      ({ message, code, pos }) => code === 'MISSING_CHAR' && !noEnd.test(message) && pos[0] === error.pos[0],
    );
    if (swallowed) return [];
    return [bracket ? unclosed(bracket.source, bracket.offset) : faultOf(error)];
  });
}
