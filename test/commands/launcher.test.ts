import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';

/** What a program of one part prints. @param code of the part, which has `require` */
async function printed(code: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-launcher-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, 'tmi-dbtool.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, '../../bin/launcher.ts')],
    outfile,
    platform: 'node',
    format: 'cjs',
    define: { CACHED_COMMANDS: '[]' },
  });
  mkdirSync(join(folder, 'program'));
  writeFileSync(
    join(folder, 'program/start.js'),
    `({ "./tmi-dbtool.js": function (module, require) { ${code} } })`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout;
}

it('says each time that a package is missing', async () => {
  const ask = `try { require('no-such-package'); console.log('there'); } catch (error) { console.log(error.code); }`;
  expect(await printed(`${ask} ${ask}`)).toBe('MODULE_NOT_FOUND\nMODULE_NOT_FOUND\n');
});

it('gives every part the same module of Node.js, whether it is loaded at once or when it is used', async () => {
  const same = (name: string): string => `console.log(require('${name}') === require('${name}'));`;
  expect(await printed(`${same('node:path')} ${same('node:crypto')}`)).toBe('true\ntrue\n');
});
