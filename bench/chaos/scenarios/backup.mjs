// A backup that replaces an older one, and a restore that replaces rows.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { contentOf, eitherOf, flipByte, insist, noLeftovers, same } from '../judge.mjs';
import { environment } from '../world.mjs';

export const ROWS = 1500;
export const tables = ['chaos_owners', 'chaos_things'];

/** Two tables, one of which refers to the other. */
export async function fill(target, rows, body) {
  await target.query('CREATE TABLE chaos_owners (id integer PRIMARY KEY, name varchar(100) NOT NULL)');
  await target.query(
    `CREATE TABLE chaos_things (id integer PRIMARY KEY, owner_id integer NOT NULL, body varchar(100),
     FOREIGN KEY (owner_id) REFERENCES chaos_owners (id))`,
  );
  await target.query(`INSERT INTO chaos_owners VALUES (1, 'Ann'), (2, 'Bob, ${body}')`);
  const values = Array.from({ length: rows }, (_, i) => `(${i}, ${(i % 2) + 1}, '${body} ${i}')`);
  await target.query(`INSERT INTO chaos_things VALUES ${values.join(', ')}`);
}

/** A call of `db` on a database. */
export const on = (target, folder, ...args) => ({
  args: ['db', ...args],
  cwd: folder,
  env: { ...environment, TMI_DATABASE_URL: target.url },
});

export async function backup({ tool, target, folder, even }) {
  const file = join(folder, 'backup.jsonl.gz');
  const encryption = even ? ['--passphrase', 'env://EXPORT_KEY'] : [];
  const call = () => on(target, folder, 'backup', '--output', file, '--overwrite', ...encryption);
  const verify = () => tool.alone(on(target, folder, 'verify', file, ...encryption));
  await fill(target, ROWS, 'row');
  const undisturbed = await tool.must(call());
  const old = readFileSync(file);
  async function check() {
    if (readFileSync(file).equals(old)) return;
    const { code, output } = await verify();
    insist(code === 0, `the backup is neither the old one nor whole: ${output}`);
  }
  return [
    {
      name: 'backup',
      call,
      longest: undisturbed.milliseconds,
      check,
      async done() {
        insist(!readFileSync(file).equals(old), 'the backup is still the old one');
        await check();
        // Read without the tool, where it is not encrypted: one line for every row.
        if (!even) {
          const lines = gunzipSync(readFileSync(file)).toString().split('\n');
          const found = lines.filter((line) => line.includes('row ')).length;
          insist(found === ROWS, `${found} rows in the backup, not ${ROWS}`);
        }
        // A killed run may leave its own unfinished file, which says so by its name; see docs/backup-format.md.
        noLeftovers(folder, /^backup\.jsonl\.gz$|\.tmi-dbtool\.tmp$|^chaos-\d+\.db/);
      },
      plants: {
        'a byte of the backup is another': () => flipByte(file),
      },
    },
  ];
}

export async function restore({ tool, target, other, folder }) {
  const file = join(folder, 'backup.jsonl.gz');
  await fill(other, ROWS, 'new');
  await fill(target, ROWS / 2, 'old');
  const before = await contentOf(target, tables);
  const after = await contentOf(other, tables);
  const name = basename(new URL(target.url).pathname);
  await tool.must(on(target, folder, 'backup', '--output', 'old.jsonl.gz', '--tables', tables.join(',')));
  await tool.must(on(other, folder, 'backup', '--output', file, '--tables', tables.join(',')));
  // Both ways are at hand as backups already.
  const bring = (from) => on(target, folder, 'restore', from, '--replace', '--no-backup', '--confirm', name);
  const undisturbed = await tool.must(bring(file));
  await tool.must(bring('old.jsonl.gz'));
  const state = async () => eitherOf('the tables are', await contentOf(target, tables), before, after);
  insist(same(await contentOf(target, tables), before), 'a restore that nobody disturbed is not exact');
  return [
    {
      name: 'restore',
      call: () => bring(file),
      longest: undisturbed.milliseconds,
      /** What has arrived is taken away again, so that the next run has something to mix up. */
      async check() {
        if ((await state()) === 'old') return;
        await tool.must(bring('old.jsonl.gz'), async () => (await state()) === 'old');
      },
      done: async () =>
        insist(same(await contentOf(target, tables), after), 'the tables are not those of the backup'),
      plants: {
        'a row is gone': () => target.query('DELETE FROM chaos_things WHERE id = 700'),
        'a text is another': () => target.query(`UPDATE chaos_owners SET name = 'Eve' WHERE id = 1`),
      },
    },
  ];
}
