import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { transfer } from '../../../src/database/dialects/mysql/transfer.js';
import type { ColumnFacts, TableFacts } from '../../../src/database/schema-facts.js';

/** A value of type JSON as the driver offers it: MySQL says that it is binary. MariaDB, which tests run, has no such type. */
const jsonField = (text: string): object => ({
  string: (encoding: BufferEncoding = 'latin1') => Buffer.from(text, 'utf8').toString(encoding),
  buffer: () => Buffer.from(text, 'utf8'),
});

it('reads JSON that MySQL calls binary as the UTF-8 that it is', async () => {
  const documents = ['{"name": "Zoë – 日本 🙂"}', '{"plain": 1}'];
  const connection = {
    on: () => undefined,
    off: () => undefined,
    query: ({ typeCast }: { typeCast: (field: object) => unknown }) => ({
      stream: () => Readable.from(documents.map((document) => [typeCast(jsonField(document))])),
    }),
  };
  const client = {
    acquireConnection: () => Promise.resolve(connection),
    releaseConnection: () => Promise.resolve(),
  };
  const column = { name: 'doc', kind: 'json', type: 'json' } as ColumnFacts;
  const table = { name: 't', columns: [column], estimatedRows: 2, bytes: 100 } as unknown as TableFacts;
  const read: unknown[] = [];
  for await (const rows of transfer.readRows({ client } as never, table, [column], 1_000_000))
    read.push(...rows);
  expect(read).toEqual(documents.map((document) => [document]));
});
