import type { ColumnFacts, PortableValue } from '../../schema-facts.js';

/** The words of an enumeration, from its type as the catalogue has it. */
function wordsOf(type: string): readonly string[] {
  return [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, word = '']) => word.replaceAll("''", "'"));
}

const cache = new WeakMap<ColumnFacts, boolean>();

function hasNoEmptyWord(column: ColumnFacts): boolean {
  let answer = cache.get(column);
  if (answer === undefined) {
    answer = column.type.startsWith('enum(') && !wordsOf(column.type).includes('');
    cache.set(column, answer);
  }
  return answer;
}

/**
 * True for the empty text in an enumeration that has no such word. It is what the server keeps, and shows, for a word
 * that it did not know; in its strict mode it takes none.
 */
export function isNoWord(value: PortableValue, column: ColumnFacts): boolean {
  return value === '' && hasNoEmptyWord(column);
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
