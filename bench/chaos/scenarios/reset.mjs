// A reset of data, which writes its backup first.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { contentOf, eitherOf, flipByte, insist, noLeftovers } from '../judge.mjs';
import { fill, on, ROWS, tables } from './backup.mjs';

export async function reset({ tool, target, folder }) {
  const name = basename(new URL(target.url).pathname);
  let runs = 0;
  let file;
  /** Each run has a backup of its own: what one that succeeded has written is all that is left of the rows. */
  const call = () => {
    file = join(folder, `before-reset-${(runs += 1)}.jsonl.gz`);
    return on(target, folder, 'reset', '--scope', 'data', '--confirm', name, '--backup-output', file);
  };
  await fill(target, ROWS, 'row');
  const before = await contentOf(target, tables);
  const state = async () => eitherOf('the tables are', await contentOf(target, tables), before, []);
  const refill = () => tool.must(on(target, folder, 'restore', file), async () => (await state()) === 'old');
  const undisturbed = await tool.must(call());
  await refill();

  /** What a backup that is there holds is looked at without the tool: one line for every row. */
  async function checkBackup(isNeeded) {
    if (!existsSync(file)) return insist(!isNeeded, 'the rows are gone, and no backup of them is there');
    const { code, output } = await tool.alone(on(target, folder, 'verify', file));
    insist(code === 0, `the backup of the reset is not whole: ${output}`);
    const lines = gunzipSync(readFileSync(file)).toString().split('\n');
    const found = lines.filter((line) => line.includes('row ')).length;
    // One of the two owners has the word in its name as well.
    insist(found === ROWS, `${found} rows in the backup of the reset, not ${ROWS}`);
  }
  return [
    {
      name: 'reset',
      call,
      longest: undisturbed.milliseconds,
      async check() {
        const isEmpty = (await state()) === 'new';
        await checkBackup(isEmpty);
        if (isEmpty) await refill();
      },
      async done() {
        eitherOf('the tables are', await contentOf(target, tables), [], []);
        await checkBackup(true);
        noLeftovers(folder, /^before-reset-\d+\.jsonl\.gz$|\.tmi-dbtool\.tmp$|^chaos-\d+\.db/);
      },
      plants: {},
      statePlants: {
        'a row is gone': () => target.query('DELETE FROM chaos_things WHERE id = 700'),
        'a byte of its backup is another': () => flipByte(file),
        async 'rows and backup are gone'() {
          for (const table of tables.toReversed()) await target.query(`DELETE FROM ${table}`);
          rmSync(file);
        },
      },
    },
  ];
}
