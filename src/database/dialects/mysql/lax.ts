import { isTagged } from '../../portable.js';
import type { ColumnFacts, PortableValue } from '../../schema-facts.js';

/** The words of an enumeration, from its type as the catalogue has it. */
function wordsOf(type: string): readonly string[] {
  return [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, word = '']) => word.replaceAll("''", "'"));
}

type EmptyText = 'a word' | 'no word' | 'a text';

const cache = new WeakMap<ColumnFacts, EmptyText>();

/** What the empty text is in a column. */
function emptyTextIn(column: ColumnFacts): EmptyText {
  let answer = cache.get(column);
  if (answer === undefined) {
    if (!column.type.startsWith('enum(')) answer = 'a text';
    else answer = wordsOf(column.type).includes('') ? 'a word' : 'no word';
    cache.set(column, answer);
  }
  return answer;
}

/** Stands for what is no word in an enumeration that has the empty text among its words: both look the same. */
const NO_WORD: PortableValue = { text: '' };

/** True for an enumeration whose values do not say by themselves whether they are one of its words. */
export const hidesNoWord = (column: ColumnFacts): boolean => emptyTextIn(column) === 'a word';

/** Asks the server for a digit before the word, which is 0 before what is none. */
export const markedWord = (column: string): string => `concat(if(${column} + 0 = 0, '0', '1'), ${column})`;

export const fromMarkedWord = (text: string): PortableValue =>
  text.startsWith('0') ? NO_WORD : text.slice(1);

/**
 * True for what the server keeps, and shows as the empty text, for a word that it did not know; in its strict mode it
 * takes none.
 */
export function isNoWord(value: PortableValue, column: ColumnFacts): boolean {
  if (value === '') return emptyTextIn(column) === 'no word';
  return isTagged(value) && 'text' in value && value.text === '' && emptyTextIn(column) === 'a word';
}

/** Runs `work` in a session that bends values which do not fit. What was written must be read back and compared. */
export async function withoutStrictness(
  send: (sql: string) => Promise<void>,
  work: () => Promise<void>,
): Promise<void> {
  await send(
    `set @tmi_sql_mode = @@sql_mode,
       sql_mode = replace(replace(@@sql_mode, 'STRICT_ALL_TABLES', ''), 'STRICT_TRANS_TABLES', '')`,
  );
  try {
    await work();
  } finally {
    await send('set sql_mode = @tmi_sql_mode');
  }
}
