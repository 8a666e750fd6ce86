import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { valueKinds } from '../../src/database/index.js';
import { connect, freshUrl } from '../support/connection.js';
import { backup, folder } from './library.js';
import { createSchema, fillSchema } from './schema.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/backup-format.md'), 'utf8');
const key = '07'.repeat(32);

it('has the hash and the sums that the page says', async () => {
  const url = await freshUrl('sqlite');
  await createSchema('sqlite', url);
  await fillSchema('sqlite', url);
  const result = await backup(await connect(url), join(folder(), 'b'));
  const lines = gunzipSync(readFileSync(result.file)).toString('utf8');
  const last = lines.lastIndexOf('\n', lines.length - 2) + 1;
  expect(createHash('sha256').update(lines.slice(0, last)).digest('hex')).toBe(result.sha256);
  expect((JSON.parse(lines.slice(last)) as { sha256: string }).sha256).toBe(result.sha256);
  const rows = lines.slice(lines.indexOf('{"type":"table","name":"audit_log"')).split('\n').slice(1, 5);
  const sum = rows.reduce(
    (total, row) => total + BigInt(`0x${createHash('sha256').update(row).digest('hex')}`),
    0n,
  );
  const hex = (sum % 2n ** 256n).toString(16).padStart(64, '0');
  expect(result.tables.find(({ name }) => name === 'audit_log')).toEqual({
    name: 'audit_log',
    rows: 4,
    sum: hex,
  });
});

it('decrypts version 1 with the program of the page', () => {
  const path = folder();
  const program = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  writeFileSync(join(path, 'decrypt.mjs'), program);
  const fixtures = join(import.meta.dirname, '../../fixtures/backup/v1');
  const zipped = execFileSync(process.execPath, [join(path, 'decrypt.mjs'), key], {
    input: readFileSync(join(fixtures, 'sqlite.jsonl.gz.enc')),
    maxBuffer: 2 ** 26,
  });
  expect(gunzipSync(zipped)).toEqual(gunzipSync(readFileSync(join(fixtures, 'sqlite.jsonl.gz'))));
});

it('explains every kind of value', () => {
  const table = page.slice(page.indexOf('## Values'), page.indexOf('## The digest'));
  for (const kind of valueKinds) expect(table, kind).toContain(`\`${kind}\``);
});
