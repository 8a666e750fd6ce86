import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Workspace } from '../support/workspace.js';

async function withoutFile(): Promise<Workspace> {
  const w = await Workspace.create('sqlite');
  const url = `sqlite://${join(w.folder, 'missing.db')}`;
  w.write(`database: {url: "${url}"}\nupload: {max_file_size_mb: 50}\n`);
  return w;
}

// A run that says that nothing was written has made no empty database either.
it.each([
  ['a declined import', ['import-legacy', 'config.yml', '--server', 'documented'], ['n'], 4],
  ['an import of what is not valid', ['import-legacy', 'other.yml', '--config', 'config.yml'], [], 3],
  [
    'a value that is none',
    ['settings', 'set', 'upload.max_file_size_mb', 'abc', '--config', 'config.yml'],
    [],
    3,
  ],
  ['nothing to unset', ['settings', 'unset', 'upload.max_file_size_mb', '--config', 'config.yml'], [], 0],
] as const)('%s leaves a database file that is not there as it is', async (_, args, answers, code) => {
  const w = await withoutFile();
  writeFileSync(join(w.folder, 'other.yml'), 'upload: {max_file_size_mb: many}\n');
  const run = await w.run([...args], { answers: [...answers] });
  expect(run.code, run.out + run.err).toBe(code);
  expect(w.files()).toEqual(['config.yml', 'other.yml']);
});

it('is made by a run that writes, and read by the next', async () => {
  const w = await withoutFile();
  const set = ['settings', 'set', 'upload.max_file_size_mb', '60', '--config', 'config.yml'];
  expect(await w.run(set)).toMatchObject({ code: 0 });
  expect(w.files()).toEqual(['config.yml', 'missing.db']);
  const get = ['settings', 'get', 'upload.max_file_size_mb', '--config', 'config.yml'];
  expect((await w.run(get)).out).toBe('60\n');
});
