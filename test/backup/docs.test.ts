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
const key = '42'.repeat(32);

it('decrypts with the program of the page, and has the digest that the page says', async () => {
  const url = await freshUrl('sqlite');
  await createSchema('sqlite', url);
  await fillSchema('sqlite', url);
  const path = folder();
  const result = await backup(await connect(url), join(path, 'b'), { key: Buffer.from(key, 'hex') });
  const program = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  writeFileSync(join(path, 'decrypt.mjs'), program);
  const zipped = execFileSync(process.execPath, [join(path, 'decrypt.mjs'), key], {
    input: readFileSync(join(path, 'b')),
    maxBuffer: 2 ** 26,
  });
  const lines = gunzipSync(zipped).toString('utf8');
  const last = lines.lastIndexOf('\n', lines.length - 2) + 1;
  expect(createHash('sha256').update(lines.slice(0, last)).digest('hex')).toBe(result.sha256);
  expect((JSON.parse(lines.slice(last)) as { sha256: string }).sha256).toBe(result.sha256);
});

it('explains every kind of value', () => {
  const table = page.slice(page.indexOf('## Values'), page.indexOf('## The digest'));
  for (const kind of valueKinds) expect(table, kind).toContain(`\`${kind}\``);
});
