import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Knex } from 'knex';
import { isLocked, takeLock } from '../../src/database/dialects/sqlite/lock.js';

/** What a contender met. */
export interface Contended {
  readonly held: number;
  readonly refused: number;
  /** Codes of what was neither. */
  readonly faults: readonly string[];
}

/**
 * Takes and gives up the lock of a SQLite file, its argument, again and again, and prints what it met. While it has the
 * lock it keeps a file that only one can make. All begin once all are there.
 */
const [file = '', rounds = '', contenders = ''] = process.argv.slice(2);
const target = { database: file } as Parameters<typeof takeLock>[1];
const none = undefined as unknown as Knex;
const witness = `${file}-witness`;
const ready = `${basename(file)}-ready-`;
writeFileSync(`${file}-ready-${process.pid}`, '');
while (readdirSync(dirname(file)).filter((name) => name.startsWith(ready)).length < Number(contenders))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
const met = { held: 0, refused: 0, faults: [] as string[] };
for (let round = 0; round < Number(rounds); round++) {
  try {
    await isLocked(none, target, 'contended');
    const lock = await takeLock(none, target, 'contended');
    if (lock) {
      writeFileSync(witness, '', { flag: 'wx' });
      rmSync(witness);
      await lock.release();
      met.held++;
    } else met.refused++;
  } catch (error) {
    met.faults.push((error as NodeJS.ErrnoException).code ?? String(error));
  }
}
process.stdout.write(`${JSON.stringify(met satisfies Contended)}\n`);
