import { crc32 } from 'node:zlib';
import type { Knex } from 'knex';
import type { ColumnChecks, ValueHash } from '../../column-sums.js';
import type { ColumnFacts, TableFacts } from '../../schema-facts.js';
import { comparedExpression, comparedForm } from './compared-forms.js';
import { quote } from './quote.js';
import { SumBeside } from './sum-beside.js';

/** One more than the sum of its bytes, so that an empty text counts. */
function hashOf(column: ColumnFacts): ValueHash {
  const form = comparedForm(column);
  return (value) => {
    const compared = form(value);
    return compared === undefined ? 0 : crc32(compared) + 1;
  };
}

export function columnChecks(knex: Knex, table: TableFacts, columns: readonly ColumnFacts[]): ColumnChecks {
  return {
    beside: new SumBeside(knex, table, columns),
    hashes: columns.map(hashOf),
    async sums() {
      const list = columns.map(
        (column, index) => `sum(crc32(${comparedExpression(column)}) + 1) as c${index}`,
      );
      const [rows] = (await knex.raw(`select ${list.join(', ')} from ${quote(table.name)}`)) as [
        Record<string, unknown>[],
      ];
      return columns.map((_, index) => {
        const sum = rows[0]?.[`c${index}`];
        return typeof sum === 'string' || typeof sum === 'number' ? String(sum) : null;
      });
    },
  };
}
