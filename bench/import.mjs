// import-legacy, with lock, backup, read-back, rewrite and proof, against a script that sends one query for each setting
// and does nothing else: whole processes, on loopback and with 20 ms added to every round trip.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { configuration, median, onDatabase, openLine, postgres, program, root } from './support.mjs';

const rounds = 5;
const providers = 20;
const naive = join(root, 'bench/naive-import.mjs');

/** Not synchronous, since the slow line runs in this process. @returns milliseconds of a whole process */
async function timeOf(args) {
  const start = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.on('data', (chunk) => (err += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${err}`);
  return performance.now() - start;
}

async function countRows(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS count FROM system_settings');
  await client.end();
  return rows[0].count;
}

const server = await postgres();
if (!server) {
  console.log('skipped: no PostgreSQL on this machine');
} else {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-bench-'));
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  let databases = 0;

  /** @returns the median time, and how many rows were written each time */
  async function measure(line, argsOf) {
    const times = [];
    const counts = new Set();
    for (let i = 0; i < rounds; i += 1) {
      const name = `bench_${(databases += 1)}`;
      await client.query(`CREATE DATABASE ${name}`);
      const url = onDatabase(line.url, name);
      const file = join(folder, `${name}.yml`);
      writeFileSync(file, configuration(url, providers));
      times.push(await timeOf(argsOf(file, url)));
      counts.add(await countRows(onDatabase(server.url, name)));
    }
    return { ms: median(times), rows: [...counts].join(', ') };
  }

  const lines = [
    ['loopback', await openLine(server.url, 0)],
    ['20 ms', await openLine(server.url, 20)],
  ];
  try {
    for (const [name, line] of lines) {
      const tool = await measure(line, (file) => [program, 'import-legacy', file, '--quiet']);
      const rival = await measure(line, (file, url) => [naive, file, url]);
      // One row follows from another setting; a script by hand does not know that.
      console.log(
        `${name.padEnd(9)} import-legacy ${tool.ms.toFixed(0)} ms for ${tool.rows} rows; one query per setting ` +
          `${rival.ms.toFixed(0)} ms for ${rival.rows}: ${(rival.ms / tool.ms).toFixed(2)} times as long`,
      );
    }
  } finally {
    for (const [, line] of lines) line.close();
    await client.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
