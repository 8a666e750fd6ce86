// A backup while other sessions keep a ledger whose sum never changes, and truncate, alter, insert and drop.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { flipByte, insist, noLeftovers } from '../judge.mjs';
import { Ledger, LEDGER, TOTAL } from '../ledger.mjs';
import { hasPgDump, openSnapshotLine, rowsOfDump } from '../snapshot-line.mjs';
import { on } from './backup.mjs';

/** What was done beside backups, and to them, in all rounds. */
export const ledgerCounts = {
  judged: 0,
  compared: 0,
  refused: new Map(),
  changes: new Map(),
  refusedChanges: 0,
};

/** What the tool ends with where tables were changed under its eyes. */
const REFUSED = 1;

const add = (counts, name, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by);

/** The tables of a backup, read without the tool. */
function tablesOf(file) {
  const tables = new Map();
  let table;
  for (const line of gunzipSync(readFileSync(file)).toString().split('\n').slice(0, -1)) {
    const value = JSON.parse(line);
    if (Array.isArray(value)) table.rows.push(value);
    else if (value.type === 'table') {
      table = { columns: value.columns.map(({ name }) => name), rows: [] };
      tables.set(value.name, table);
    }
  }
  return tables;
}

function sumOf(tables) {
  let sum = 0n;
  for (const name of LEDGER) {
    const table = tables.get(name);
    insist(table !== undefined, `the backup has no table ${name}`);
    const place = table.columns.indexOf('amount');
    for (const row of table.rows) sum += BigInt(row[place]);
  }
  return sum;
}

/** Holds a backup against what pg_dump read in the same state, table by table and row by row. */
function compareWithDump(tables, dump) {
  const dumped = rowsOfDump(dump);
  const [ours, theirs] = [[...tables.keys()].sort().join(', '), [...dumped.keys()].sort().join(', ')];
  insist(ours === theirs, `the backup holds ${ours}, and pg_dump found ${theirs}`);
  for (const [name, { rows }] of tables) {
    const texts = rows.map((row) => row.map((value) => (value === null ? '\\N' : String(value))).join('\t'));
    const expected = dumped.get(name);
    insist(
      texts.sort().join('\n') === expected.join('\n'),
      `${name} has ${texts.length} rows in the backup, and others, or ${expected.length}, in pg_dump's`,
    );
  }
}

export async function ledger({ tool, target, folder, defer }) {
  const file = join(folder, 'ledger.jsonl.gz');
  const ledger = new Ledger(target, tool.random);
  await ledger.fill();
  const line =
    target.kind === 'postgres' && (await hasPgDump())
      ? await openSnapshotLine(target.url, target.directUrl, 'ledger_', (work) => ledger.unshaped(work))
      : undefined;
  defer(async () => {
    await ledger.stop();
    line?.close();
    for (const [name, count] of ledger.done) add(ledgerCounts.changes, name, count);
    ledgerCounts.refusedChanges += ledger.refused;
  });
  const through = line ? { ...target, url: line.url } : target;
  const backup = () => on(through, folder, 'backup', '--output', file, '--overwrite');
  const call = () => {
    rmSync(file, { force: true });
    if (line) Object.assign(line, { dump: undefined, fault: undefined });
    ledger.start();
    return backup();
  };
  const undisturbed = await tool.must(backup());

  /** What there is of a backup verifies, holds every row of one moment, and what pg_dump held in that moment. */
  async function judge({ mustBeThere }) {
    await ledger.stop();
    insist(
      (await ledger.sum()) === TOTAL,
      `the sessions themselves have lost something: ${ledger.lastRefusal}`,
    );
    if (!existsSync(file)) return insist(!mustBeThere, 'there is no backup');
    const { code, output } = await tool.alone(on(target, folder, 'verify', file));
    insist(code === 0, `the backup is there and does not verify: ${output}`);
    const tables = tablesOf(file);
    const sum = sumOf(tables);
    insist(sum === TOTAL, `the sum of a backup that verifies is ${sum}, not ${TOTAL}`);
    ledgerCounts.judged += 1;
    if (!line) return;
    insist(line.dump !== undefined, `pg_dump did not read the state of the backup: ${line.fault}`);
    compareWithDump(tables, line.dump);
    ledgerCounts.compared += 1;
  }

  return [
    {
      name: 'ledger',
      call,
      longest: undisturbed.milliseconds,
      check: () => judge({ mustBeThere: false }),
      /** Where tables were changed under its eyes, the tool may refuse, and says so; but not always. */
      isRefused({ code, output }) {
        if (code === REFUSED) add(ledgerCounts.refused, /\[([\w/-]+)\]/.exec(output)?.[1] ?? output);
        return code === REFUSED;
      },
      async done() {
        await judge({ mustBeThere: true });
        noLeftovers(folder, /^ledger\.jsonl\.gz$|\.tmi-dbtool\.tmp$|^chaos-\d+\.db/);
      },
      plants: {
        async 'half of a movement is missing'() {
          await target.query(
            `UPDATE ledger_b SET amount = amount + 1 WHERE id = (SELECT max(id) FROM ledger_b)`,
          );
          await tool.must(backup());
          await target.query(
            `UPDATE ledger_b SET amount = amount - 1 WHERE id = (SELECT max(id) FROM ledger_b)`,
          );
        },
        async 'a byte of the backup is another'() {
          // The last one may have been refused, since tables changed under its eyes.
          await tool.must(backup());
          flipByte(file);
        },
      },
    },
  ];
}
