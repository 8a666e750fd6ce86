// An export of one database into another one, and a new encryption key.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configuration } from '../../support.mjs';
import { eitherOf, insist, same, settingsOf } from '../judge.mjs';
import { CANARY } from '../tool.mjs';
import { environment, KEYS } from '../world.mjs';

const rotation = (current, previous) => ({
  ...environment,
  TMI_SECRET_SETTINGS_ENCRYPTION_KEY: current,
  TMI_SECRET_SETTINGS_ENCRYPTION_PREVIOUS_KEY: previous,
});

/** A database with encrypted rows of somebody's choice, by way of an import. */
async function fill(tool, target, folder, providers, name) {
  const file = join(folder, `${name}.yml`);
  writeFileSync(
    file,
    configuration(target.url, providers, (i) => `${CANARY}-${name}-${i}`),
  );
  await tool.must({ args: ['import-legacy', file], cwd: folder, env: environment });
}

export async function settingsImport({ tool, target, other, folder }) {
  await fill(tool, other, folder, 7, 'other');
  await fill(tool, target, folder, 4, 'own');
  const before = await settingsOf(target, KEYS);
  const after = await settingsOf(other, KEYS);
  const on = (database, ...args) => ({
    args,
    cwd: folder,
    env: { ...environment, TMI_DATABASE_URL: database.url },
  });
  const key = ['--key', 'env://EXPORT_KEY'];
  const secrets = ['--secrets', 'encrypted', ...key];
  await tool.must(on(other, 'settings', 'export', '--output', 'new.yml', ...secrets));
  await tool.must(on(target, 'settings', 'export', '--output', 'old.yml', ...secrets));
  const bring = (file) =>
    on(target, 'settings', 'import', file, ...key, '--on-conflict', 'overwrite', '--prune', '--yes');
  const undisturbed = await tool.must(bring('new.yml'));
  insist(
    same((await settingsOf(target, KEYS)).rows, after.rows),
    'an import that nobody disturbed is not exact',
  );
  await tool.must(bring('old.yml'));
  const state = async () => (await settingsOf(target, KEYS)).rows;
  return [
    {
      name: 'settings import',
      call: () => bring('new.yml'),
      longest: undisturbed.milliseconds,
      check: async () => void eitherOf('the rows are', await state(), before.rows, after.rows),
      done: async () => insist(same(await state(), after.rows), 'the rows are not those of the export'),
      plants: {
        'a row is gone': () =>
          target.query(
            `DELETE FROM system_settings WHERE setting_key = 'websocket.inactivity_timeout_seconds'`,
          ),
      },
    },
  ];
}

export async function reencrypt({ tool, target, folder }) {
  await fill(tool, target, folder, 8, 'own');
  const before = await settingsOf(target, KEYS);
  const call = (current, previous) => ({
    args: ['settings', 'reencrypt'],
    cwd: folder,
    env: { ...rotation(current, previous), TMI_DATABASE_URL: target.url },
  });
  const forward = () => call(KEYS[1], KEYS[0]);
  const back = () => call(KEYS[0], KEYS[1]);
  const undisturbed = await tool.must(forward());
  await tool.must(back());
  async function check() {
    const { rows, times } = await settingsOf(target, KEYS);
    insist(same(rows, before.rows), 'a row holds something else');
    insist(same(times, before.times), 'a row has another time');
  }
  return [
    {
      name: 'reencrypt',
      call: forward,
      longest: undisturbed.milliseconds,
      check,
      async done() {
        await check();
        const { allUnderFirst } = await settingsOf(target, KEYS.toReversed());
        insist(allUnderFirst, 'a row is not under the new key');
      },
      plants: {
        'an envelope that nobody can open': () =>
          target.query(
            `UPDATE system_settings SET value = substr(value, 1, length(value) - 8) || 'AAAAAAA='
             WHERE setting_key = 'websocket.inactivity_timeout_seconds'`,
          ),
        'rows under the old key': () => tool.must(back()),
      },
    },
  ];
}
