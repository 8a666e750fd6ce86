// import-legacy with secrets and encryption, over seeded rows every other time, and its undo.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configuration } from '../../support.mjs';
import { eitherOf, flipByte, insist, noLeftovers, same, settingsOf } from '../judge.mjs';
import { CANARY } from '../tool.mjs';
import { environment, KEYS } from '../world.mjs';

const PROVIDERS = 5;
const NOTHING_TO_UNDO = 4;

export async function importAndUndo({ tool, target, folder, even }) {
  const file = join(folder, 'config.yml');
  const call = (...args) => ({ args, cwd: folder, env: environment });
  const importCall = () => call('import-legacy', file);
  const receipts = () => readdirSync(folder).filter((name) => name.endsWith('.receipt.json'));
  const undoCall = () => call('import-legacy', '--undo', join(folder, receipts()[0] ?? 'none'));

  // Half of the secrets stand in the file, half are references: both are rows afterwards, encrypted.
  const secretOf = (i) => (i % 2 === 0 ? 'env://CLIENT_SECRET' : `${CANARY}-${i}`);
  const old = Buffer.from(configuration(target.url, PROVIDERS, secretOf));
  writeFileSync(file, old);
  if (even) await tool.must(call('seed-settings', '--config', file));
  const before = await settingsOf(target, KEYS);
  const imported = await tool.must(importCall());
  const fresh = readFileSync(file);
  const after = await settingsOf(target, KEYS);
  insist(after.allUnderFirst, 'a row is not encrypted');
  const undone = await tool.must(undoCall());
  for (const name of readdirSync(folder)) if (name !== 'config.yml') rmSync(join(folder, name));

  async function check() {
    const fileIs = eitherOf('the file is', readFileSync(file), old, fresh);
    const { rows } = await settingsOf(target, KEYS);
    const rowsAre = eitherOf('the rows are', rows, before.rows, after.rows);
    insist(fileIs === 'old' || rowsAre === 'new', 'new file, old rows');
    // What stands in both is a value that the file still holds, or holds again: nothing is lost.
  }

  const leftovers = () => noLeftovers(folder, /^config\.yml$|\.(bak|receipt\.json)$/);
  const issuer = `WHERE setting_key = 'auth.oauth.providers.provider-1.issuer'`;
  const strangeRow = () =>
    target.query(`INSERT INTO system_settings VALUES ('a.b', 'c', 'string', NULL, '2001-01-01', NULL, NULL)`);
  return [
    {
      name: 'import',
      call: importCall,
      longest: imported.milliseconds,
      check,
      async done() {
        insist(readFileSync(file).equals(fresh), 'the file is not the new one');
        insist(same((await settingsOf(target, KEYS)).rows, after.rows), 'the rows are not all there');
        insist(receipts().length === 1, `${receipts().length} receipts`);
        leftovers();
      },
      plants: {
        'a row is gone': () => target.query(`DELETE FROM system_settings ${issuer}`),
        'a value is another': () => target.query(`UPDATE system_settings SET value = 'x' ${issuer}`),
        'an origin is another': () => target.query(`UPDATE system_settings SET origin = 'seeded' ${issuer}`),
        'a byte of the file is another': () => flipByte(file),
        'a second receipt': () => writeFileSync(join(folder, 'config.yml.2.receipt.json'), '{}'),
        'a half-written file beside it': () => writeFileSync(join(folder, '.config.yml.tmp'), ''),
      },
    },
    {
      name: 'undo',
      call: undoCall,
      longest: undone.milliseconds,
      check,
      // A broken undo may have been done already: then there is nothing left to undo.
      mayEndWith: [0, NOTHING_TO_UNDO],
      async done() {
        const { rows, times } = await settingsOf(target, KEYS);
        insist(readFileSync(file).equals(old), 'the file did not come back');
        insist(same(rows, before.rows), 'the rows did not come back');
        insist(same(times, before.times), 'the rows came back with other times');
        leftovers();
      },
      plants: {
        'the file did not come back': () => writeFileSync(file, fresh),
        'a row stayed behind': strangeRow,
        // Without seeded rows there is nothing to lose here.
        ...(even && {
          'all rows are gone': () => target.query('DELETE FROM system_settings'),
          'a time is another': () =>
            target.query(`UPDATE system_settings SET modified_at = '2001-01-01 00:00:00'`),
        }),
      },
      statePlants: {
        'new file, old rows': () => writeFileSync(file, fresh),
        'neither old nor new': () => flipByte(file),
        'some rows, not all': strangeRow,
      },
    },
  ];
}
