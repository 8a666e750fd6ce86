import type { Knex } from 'knex';
import type { ColumnChecks, ValueHash } from '../../column-sums.js';
import { quoteStandard } from '../../insert.js';
import { bytesOf, textOf } from '../../portable.js';
import type { ColumnFacts } from '../../schema-facts.js';
import { doubleBytes, hashNumber } from '../../value-hash.js';
import { arrayText, textExpression, timestampText } from './checked-forms.js';
import { rowChecks } from './row-checks.js';

/** Hex digits of a SHA-256 that are added up. */
const DIGITS = 8;

const hashed = (bytes: string | Buffer): number => hashNumber(bytes, DIGITS);

function hashOf({ kind }: ColumnFacts): ValueHash {
  if (kind === 'binary') return (value) => hashed(bytesOf(value) ?? '');
  if (kind === 'float') return (value) => hashed(doubleBytes(value));
  if (kind === 'timestamp') return (value) => hashed(timestampText(value));
  if (kind === 'array') return (value) => hashed(arrayText(value));
  if (kind === 'boolean') return (value) => hashed(value === true ? 't' : 'f');
  return (value) => hashed(textOf(value) ?? '');
}

/** The bytes that the server hashes. */
function bytesExpression({ name, kind, type }: ColumnFacts): string {
  const column = quoteStandard(name);
  if (kind === 'binary') return column;
  if (kind === 'float') return `float8send(${column}::float8)`;
  return `convert_to(${textExpression(column, kind, type)}, 'UTF8')`;
}

export function columnChecks(knex: Knex, source: string, columns: readonly ColumnFacts[]): ColumnChecks {
  return {
    rows: rowChecks(knex, source, columns),
    hashes: columns.map(hashOf),
    async sums() {
      const list = columns.map((column) => {
        const bytes = `encode(substr(sha256(${bytesExpression(column)}), 1, ${DIGITS / 2}), 'hex')`;
        return `sum(('x' || case when num_nulls(${quoteStandard(column.name)}) = 0 then ${bytes} end)::bit(32)::bigint)::text`;
      });
      const { rows } = await knex.raw<{ rows: { sums: (string | null)[] }[] }>(
        `select array[${list.join(', ')}] as sums from ${source}`,
      );
      return rows[0]?.sums ?? [];
    },
  };
}
