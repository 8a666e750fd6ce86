import { expect, it } from 'vitest';
import { Workspace } from '../support/workspace.js';

const config = ['--config', 'config.yml'];
const NAME = 'nowhere/below/file';

/** Every way to name a file to read. */
const reading: Readonly<Record<string, readonly string[]>> = {
  'import-legacy': ['import-legacy', NAME],
  'import-legacy --config': ['import-legacy', 'config.yml', '--config', NAME],
  'import-legacy --env-file': ['import-legacy', 'config.yml', '--env-file', NAME],
  'import-legacy --undo': ['import-legacy', '--undo', NAME, ...config],
  'import-legacy --undo --file': ['import-legacy', '--undo', 'last', '--file', NAME, ...config],
  'historical form': ['--import-legacy', '--config', 'config.yml', '-f', NAME],
  'historical form --config': ['--config', NAME],
  'validate-config': ['validate-config', NAME],
  'validate-config --env-file': ['validate-config', '--env-file', `systemd:${NAME}`],
  'resolve-secrets': ['resolve-secrets', NAME],
  exec: ['exec', '--config', NAME, '--', 'true'],
  'seed-settings': ['seed-settings', '--config', NAME],
  'settings set --from-file': ['settings', 'set', 'operator.name', '--from-file', NAME, ...config],
  'settings import': ['settings', 'import', NAME, ...config],
  'settings diff': ['settings', 'diff', NAME, 'defaults', ...config],
  'settings digest': ['settings', 'digest', NAME],
  'db status --config': ['db', 'status', '--config', NAME],
  'db status --database-url': ['db', 'status', '--database-url', `sqlite://./${NAME}`],
  'db backup --recipients-file': ['db', 'backup', '--recipients-file', NAME, ...config],
  'db verify': ['db', 'verify', NAME],
  'db verify --identity': ['db', 'verify', 'backup.gz', '--identity', `file://${NAME}`],
  'db restore': ['db', 'restore', NAME, ...config],
};

/** Every way to name a file to write. */
const writing: Readonly<Record<string, readonly string[]>> = {
  'import-legacy --output': ['import-legacy', 'config.yml', '--server', 'documented', '--output', NAME],
  'config init': ['config', 'init', NAME],
  'settings export --output': ['settings', 'export', '--output', NAME, ...config],
  'db backup --output': ['db', 'backup', '--output', NAME, ...config],
  'db reset --backup-output': [
    ...['db', 'reset', '--scope', 'settings', '--confirm', 'tool.db', '--backup-output', NAME],
    ...config,
  ],
};

async function inWorkspace(args: readonly string[]): Promise<{ code: number; said: string }> {
  const w = await Workspace.create('sqlite');
  w.write(`database: {url: "${w.url}"}\nauth: {build_mode: dev}\nupload: {max_file_size_mb: 50}\n`);
  await w.run(['seed-settings', ...config]);
  await w.run(['db', 'backup', '--output', 'backup.gz', ...config]);
  const name = w.url.split('/').at(-1) ?? '';
  const { code, out, err } = await w.run(args.map((word) => (word === 'tool.db' ? name : word)));
  return { code, said: out + err };
}

it.each(Object.entries(reading))('%s: a file in a missing folder does not exist', async (_, args) => {
  const { code, said } = await inWorkspace(args);
  expect(code).not.toBe(0);
  expect(said).toMatch(/does not exist/);
  expect(said).toContain(NAME);
  expect(said).not.toMatch(/ENOENT|permission denied/);
});

it.each(Object.entries(writing))('%s: the folder of the file does not exist', async (_, args) => {
  const { code, said } = await inWorkspace(args);
  expect(code).not.toBe(0);
  expect(said).toMatch(/folder (of .*)?does not exist/);
  expect(said).toContain(NAME);
  expect(said).not.toMatch(/ENOENT|not writable/);
});
