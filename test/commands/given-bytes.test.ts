import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../commands/main.js';
import { Binary, finished, type BinaryRun } from '../support/binary.js';
import { FakeIo } from '../support/io.js';
import { createServerTable, readRows } from '../support/rows.js';

/*
 * Node reads arguments and variables as UTF-8, and puts U+FFFD where their bytes are none: what was typed is gone then,
 * and is neither stored nor handed on as something else.
 */

let binary: Binary;
let folder: string;
let url: string;
beforeAll(async () => {
  binary = await Binary.create();
  folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-bytes-'));
  url = `sqlite://${folder}/t.db`;
  await createServerTable('sqlite', url, { origin: true });
});
afterAll(() => {
  binary.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the tool from a shell, whose `printf` makes bytes of any kind. */
function typed(line: string): Promise<BinaryRun> {
  const [node = '', program = ''] = binary.command;
  const env = { PATH: process.env['PATH'], NODE: node, PROGRAM: program, TMI_DATABASE_URL: url };
  return finished(spawn('sh', ['-c', line], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] }));
}
const stored = async (): Promise<string[]> =>
  [...(await readRows('sqlite', url)).values()].map((row) => row.value);

describe('what is no UTF-8', () => {
  it.each([
    `"$NODE" "$PROGRAM" settings set operator.name "$(printf 'caf\\351')"`,
    `"$NODE" "$PROGRAM" settings set "operator.name=$(printf '\\377')"`,
    `"$NODE" "$PROGRAM" settings get "$(printf 'a\\355\\240\\200')"`,
    `"$NODE" "$PROGRAM" exec -- printf %s "$(printf 'caf\\351')"`,
    `"$NODE" "$PROGRAM" validate-config "$(printf 'caf\\351.yml')"`,
  ])('is refused as an argument: %s', async (line) => {
    const { code, out, err } = await typed(line);
    expect([code, out], err).toEqual([2, '']);
    expect(err).toMatch(/Argument \d is not UTF-8 text[^]*hint: .*--stdin/);
    expect(await stored()).toEqual([]);
  });

  it('is refused in a variable', async () => {
    const line = `X="$(printf 'caf\\351')" "$NODE" "$PROGRAM" settings set operator.name --from-env X`;
    const { code, err } = await typed(line);
    expect([code, err]).toEqual([3, expect.stringContaining('The variable X is not UTF-8 text') as unknown]);
    expect(await stored()).toEqual([]);
  });

  it('counts as such where the system does not tell what was typed', async () => {
    const io = new FakeIo({ cwd: folder, env: { X: 'a\ufffdb' } });
    expect(await main(['settings', 'set', 'operator.name', 'a\ufffdb', '--database-url', url], io)).toBe(2);
    expect(
      await main(['settings', 'set', 'operator.name', '--from-env', 'X', '--database-url', url], io),
    ).toBe(3);
    expect(await stored()).toEqual([]);
  });
});

it.each([
  `"$NODE" "$PROGRAM" settings set operator.name "$(printf 'a\\357\\277\\275b')"`,
  `X="$(printf 'a\\357\\277\\275b')" "$NODE" "$PROGRAM" settings set operator.name --from-env X`,
])('takes the character itself: %s', async (line) => {
  const { code, err } = await typed(line);
  expect(code, err).toBe(0);
  expect(await stored()).toEqual(['a\ufffdb']);
});
