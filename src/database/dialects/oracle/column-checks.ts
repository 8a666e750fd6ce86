import type { Knex } from 'knex';
import type { ColumnChecks } from '../../column-sums.js';
import type { ColumnFacts, TableFacts } from '../../schema-facts.js';
import { triedChecks, type CheckedForm } from '../../tried-checks.js';
import { formOf, isInPieces, known, type PieceForm } from './checked-forms.js';
import type { RawResult } from './client.js';
import { quote } from './quote.js';

/** Something to hash: a column, or a literal that is none of `from`. */
interface Hashed {
  readonly sql: string;
  readonly form: CheckedForm;
}

type Answer = string | null;

async function row(knex: Knex, expressions: readonly string[], source: string): Promise<Answer[]> {
  if (expressions.length === 0) return [];
  const list = expressions.map((sql, index) => `${sql} as c${index}`);
  const { rows } = await knex.raw<RawResult>(`select ${list.join(', ')} from ${source}`);
  return expressions.map((_, index) => (rows[0]?.[`c${index}`] ?? null) as Answer);
}

/** The sum over all pieces of all rows; `v` and `w` are the two characters around both edges of a piece. */
async function pieceSum(knex: Knex, column: string, source: string, form: PieceForm): Promise<Answer> {
  const own = `t.${column}`;
  const edge = (place: string): string => `dbms_lob.substr(${own}, 2, ${form.piece} * ${place})`;
  const edges = form.name === 'clob' ? `, ${edge('(level - 1)')} as v, ${edge('level')} as w` : '';
  const [sum = null] = await row(
    knex,
    [`sum(${form.number(own)})`],
    `${source} t cross join lateral (select level as k${edges} from dual
      connect by level <= ceil(dbms_lob.getlength(${own}) / ${form.piece})) p`,
  );
  return sum;
}

/** Answers in the order of what was asked: one statement for all values that are hashed whole, one for each other. */
async function answers(
  all: readonly Hashed[],
  whole: (values: readonly Hashed[]) => Promise<Answer[]>,
  inPieces: (sql: string, form: PieceForm) => Promise<Answer>,
): Promise<Answer[]> {
  const found = await whole(all.filter(({ form }) => !isInPieces(form)));
  const result: Answer[] = [];
  for (const { sql, form } of all)
    result.push(isInPieces(form) ? await inPieces(sql, form) : (found.shift() ?? null));
  return result;
}

/** Sums over what the server hashes of each column by itself, large values piece by piece. */
export function columnChecks(knex: Knex, table: TableFacts, columns: readonly ColumnFacts[]): ColumnChecks {
  const source = quote(table.name);
  return triedChecks(
    knex,
    columns.map((column) => ({ name: column.name, form: formOf(column) })),
    {
      known,
      ask: (values) =>
        answers(
          values.map(([form, sql]) => ({ sql, form })),
          (some) =>
            row(
              knex,
              some.map(({ sql, form }) => form.number(sql)),
              'dual',
            ),
          (sql, form) => pieceSum(knex, 'c', `(select ${sql} as c from dual)`, form),
        ),
      sums: (used) =>
        answers(
          used.map(({ name, form }) => ({ sql: quote(name), form })),
          (some) =>
            row(
              knex,
              some.map(({ sql, form }) => `sum(${form.number(sql)})`),
              source,
            ),
          (sql, form) => pieceSum(knex, sql, source, form),
        ),
      // The server takes back a refused statement and no more than that; a session that is gone says so.
      assertIntact: async () => void (await knex.raw('select 1 from dual')),
    },
  );
}
