import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { main } from '../../commands/main.js';
import { craftedBackup, type Crafted } from '../support/crafted-backup.js';
import { FakeIo } from '../support/io.js';
import { folder } from './library.js';

/*
 * Files whose counts, sums and hashes are right and which nobody's database gave: whoever can hand in a backup may have
 * written anything into it. What is wrong with it is a finding that says where, with everything that reads a backup.
 */

type Hostile = Omit<Crafted, 'version'>;

const nested = (open: string, close: string, depth = 100_000): string =>
  open.repeat(depth) + close.repeat(depth);
const noDigest = '0'.repeat(64);
const withRow = (row: string): Hostile => ({ tables: [{ rows: ['["good"]', row], digest: noDigest }] });
const withFacts = (facts: Readonly<Record<string, unknown>>): Hostile => ({ tables: [{ facts }] });
const withHeader = (header: Readonly<Record<string, unknown>>): Hostile => ({ header });
const column = { name: 'id', kind: 'text', type: 'text', nullable: true };
const source = { engine: 'sqlite', engineVersion: '3', database: 'd', schema: null };

/** Refused wherever the line is looked at, with what stands in the message. */
const lines: Readonly<Record<string, readonly [Hostile, string]>> = {
  'a row of arrays': [withRow(`[${nested('[', ']')}]`), 'line 4, in the table t, nests deeper than 100'],
  'a row of objects': [withRow(`[${nested('{"a":', '}').replace('}', '1}')}]`), 'line 4, in the table t'],
  'a row of both': [withRow(`[${nested('[{"text":', '}]').replace('}', '1}')}]`), 'line 4, in the table t'],
  'a row with more before it': [withRow(`["${'x'.repeat(300_000)}",${nested('[', ']')}]`), 'line 4'],
  'a member of the header': [
    withHeader({ source: { ...source, more: JSON.parse(nested('[', ']', 2000)) as unknown } }),
    'line 1 nests deeper than 100',
  ],
  'a name of SQLite': [withFacts({ name: 'sqlite_master' }), 'a table sqlite_master'],
  'another name of SQLite': [withFacts({ name: 'SQLite_stat1' }), 'a table SQLite_stat1'],
  'a name with NUL': [withFacts({ name: 'a\0b' }), 'line 1'],
  'half a character in a name': [withFacts({ columns: [{ ...column, name: 'a\ud800' }] }), 'line 2'],
  'a table twice': [{ tables: [{}, {}] }, 'line 1'],
  'a column twice': [withFacts({ columns: [column, column] }), 'line 2'],
  'a column without a type': [withFacts({ columns: [{ name: 'id', kind: 'text' }] }), 'line 2'],
  'a foreign key that is null': [withFacts({ foreignKeys: [null] }), 'line 2'],
  'a foreign key without columns': [withFacts({ foreignKeys: [{ name: 'f' }] }), 'line 2'],
  'a counter that is null': [withFacts({ counters: [null] }), 'line 2'],
  'a counter that is SQL': [withFacts({ counters: [{ column: 'id', next: '1; drop table t' }] }), 'line 2'],
  'a sequence that is null': [withHeader({ sequences: [null] }), 'line 1'],
  'a sequence that is an object': [withHeader({ sequences: [{ name: 's', next: {} }] }), 'line 1'],
  'no source': [withHeader({ source: {} }), 'line 1'],
  'no list of what is left': [withHeader({ left: undefined }), 'line 1'],
  'no time': [withHeader({ createdAt: 'yesterday' }), 'line 1'],
  'no scope': [withHeader({ scope: {} }), 'line 1'],
};

/** Tags stand in few rows, and everything that reads a backup looks at them. */
const values: Readonly<Record<string, readonly [Hostile, string]>> = {
  'an unknown tag': [withRow('[{"x":"y"}]'), 'line 4, in the table t, has a value with a tag'],
  'no tag': [withRow('[{}]'), 'line 4'],
  'two tags': [withRow('[{"text":"a","binary":"AA=="}]'), 'line 4'],
  'a tag around an object': [withRow('[{"text":{"a":1}}]'), 'line 4'],
  'bytes that are a number': [withRow('[{"binary":7}]'), 'line 4'],
  'an array of objects': [withRow('[[{"text":"a"}]]'), 'line 4'],
  'an unknown tag with blanks': [withRow('[ { "x": "y" } ]'), 'line 4'],
  'an unknown tag behind objects in texts': [withRow('["{\\"a\\":{}}",{"x":"y"}]'), 'line 4'],
  'an unknown tag in the last of many rows': [
    { tables: [{ rows: [...Array<string>(2000).fill('["{\\"a\\":1}"]'), '[{"x":"y"}]'], digest: noDigest }] },
    'line 2003, in the table t',
  ],
};

/** Refused where SQLite is asked to have such a table. */
const unfit: Readonly<Record<string, readonly [Hostile, string]>> = {
  'a name of SQLite in another engine': [
    { header: { source: { ...source, engine: 'postgres' } }, tables: [{ facts: { name: 'sqlite_master' } }] },
    'sqlite_master',
  ],
  'more columns than there can be': [
    withFacts({ columns: Array.from({ length: 3000 }, (_, index) => ({ ...column, name: `c${index}` })) }),
    'table t',
  ],
};

/** A rehearsal gives them names of its own, since other engines have such tables. */
const oneCase: typeof unfit = {
  'two names that differ in case': [{ tables: [{}, { facts: { name: 'T' } }] }, 'table T'],
  'two columns that differ in case': [withFacts({ columns: [column, { ...column, name: 'ID' }] }), 'table t'],
};

interface Said {
  readonly code: number;
  readonly text: string;
}

/** Runs a command on the file, beside a database with a table that takes what is right. */
async function said(bytes: Buffer, args: readonly string[]): Promise<Said> {
  const cwd = folder();
  writeFileSync(join(cwd, 'b.gz'), bytes);
  const file = new Sqlite(join(cwd, 't.db'));
  file.exec('create table t (id text)');
  file.close();
  const io = new FakeIo({ cwd, env: {} });
  const url = args.some((arg) => /restore|against/.test(arg))
    ? ['--database-url', `sqlite://${cwd}/t.db`]
    : [];
  return { code: await main([...args, ...url], io), text: io.err + io.out };
}

const verify = ['db', 'verify', 'b.gz'];
const rehearse = [...verify, '--rehearse'];
const restore = ['db', 'restore', 'b.gz', '--yes'];
const everyReading = [verify, [...verify, '--json'], rehearse, [...verify, '--against'], restore];
const everyUse = [...everyReading, [...restore, '--dry-run']];

async function expectFinding(hostile: Hostile, uses: readonly string[][], where: string): Promise<void> {
  for (const version of [1, 2] as const) {
    const bytes = craftedBackup({ version, ...hostile });
    for (const args of uses) {
      const { code, text } = await said(bytes, args);
      const context = `version ${version}, ${args.join(' ')}: ${text}`;
      expect(code, context).toBe(3);
      expect(text, context).toContain(where);
      expect(text, context).not.toMatch(/internal\/|statement-failed|\n\s+at /);
    }
  }
}

describe('a file that harm is meant with', () => {
  it.each(Object.entries(lines))('is a finding: %s', async (_, [hostile, where]) => {
    await expectFinding(hostile, everyUse, where);
  });

  it.each(Object.entries(values))('is a finding by its values: %s', async (_, [hostile, where]) => {
    await expectFinding(hostile, everyUse, where);
  });

  it.each(Object.entries(unfit))(
    'is a finding where SQLite is to take it: %s',
    async (_, [hostile, where]) => {
      await expectFinding(hostile, [rehearse, restore], where);
    },
  );

  it.each(Object.entries(oneCase))(
    'is a finding where SQLite is to take it for good: %s',
    async (_, [hostile, where]) => {
      await expectFinding(hostile, [restore], where);
    },
  );
});

describe('what is odd and right', () => {
  const odd: Readonly<Record<string, Hostile>> = {
    'arrays as deep as they may be': { tables: [{ rows: [`[${nested('[', ']', 99)}]`] }] },
    'brackets in texts': { tables: [{ rows: [`["${'['.repeat(100_000)}"]`, `["\\"${'{'.repeat(300)}"]`] }] },
    'a text that is a deep array': {
      tables: [{ facts: { columns: [{ ...column, kind: 'json' }] }, rows: [`["${nested('[', ']')}"]`] }],
    },
    'a text that is one in a column of arrays': {
      tables: [{ facts: { columns: [{ ...column, kind: 'array' }] }, rows: [`["${nested('[', ']')}"]`] }],
    },
    'objects in texts': {
      tables: [
        {
          facts: { columns: [{ ...column, kind: 'json' }] },
          rows: ['["{}"]', '["{\\"a\\":{}}"]', '["{ }"]'],
        },
      ],
    },
    'a foreign key of a computed column': withFacts({
      foreignKeys: [{ name: 'f', columns: ['gone'], references: 't', referencedColumns: ['id'] }],
    }),
  };

  it.each(Object.entries(odd))('is verified, rehearsed and restored: %s', async (_, hostile) => {
    const bytes = craftedBackup({ version: 2, ...hostile });
    for (const args of [verify, rehearse, restore]) {
      const { code, text } = await said(bytes, args);
      expect(code, text).toBe(0);
    }
  });
});
