// A line to PostgreSQL that has pg_dump read the very state of the database that a backup reads.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);
const EXPORT = 'SELECT pg_export_snapshot()';

/** @returns {Promise<boolean>} whether this machine has pg_dump */
export const hasPgDump = () =>
  run('pg_dump', ['--version']).then(
    () => true,
    () => false,
  );

/** A statement as the wire has it. */
function queryMessage(sql) {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.from('Q\0\0\0\0');
  head.writeUInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}

/** The end of an answer: the server waits for the next statement, in a transaction. */
const READY = Buffer.from('Z\0\0\0\x05T');

/** Asks the server something in between, as if the client had. */
function ask(far, sql) {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const end = (settle, value) => {
      far.off('data', onData);
      far.off('close', onClose);
      settle(value);
    };
    const onClose = () => end(reject, new Error('The line was cut'));
    const onData = (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.subarray(-6).equals(READY)) end(resolve, answer.toString('latin1'));
    };
    far.on('data', onData);
    far.on('close', onClose);
    far.write(queryMessage(sql));
  });
}

/**
 * Opens a line. The first statement of a client that reads a table whose name begins with `prefix`, in a transaction of
 * one state, waits until that state was exported and pg_dump has read it.
 * @param {string} url of the database, by way of the line that may be slow
 * @param {string} directUrl of the same database, for pg_dump
 * @param {(work: () => Promise<void>) => Promise<void>} unshaped runs pg_dump when nobody waits for its locks
 */
export async function openSnapshotLine(url, directUrl, prefix, unshaped) {
  const target = new URL(url);
  const line = { url: '', dump: undefined, fault: undefined, close: () => void server.close() };

  async function dumpState(far) {
    await unshaped(async () => {
      const [snapshot] = /[0-9A-F]+-[0-9A-F]+-[0-9]+/.exec(await ask(far, EXPORT)) ?? [];
      const args = [`--snapshot=${snapshot}`, '--data-only', '--no-owner', `--dbname=${directUrl}`];
      const { stdout } = await run('pg_dump', args, { maxBuffer: 1 << 30 });
      line.dump = stdout;
    });
  }

  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    let inSnapshot = false;
    let exported = false;
    let ready = false;
    let asking = false;
    let waiting = Promise.resolve();
    far.on('data', (chunk) => {
      if (asking) return;
      ready = chunk.subarray(-6).equals(READY);
      if (near.writable) near.write(chunk);
    });
    near.on('data', (chunk) => {
      waiting = waiting.then(async () => {
        const text = chunk.toString('latin1');
        inSnapshot ||= text.includes('repeatable read');
        const reads = text.includes(prefix) && !text.includes('lock table');
        if (inSnapshot && reads && ready && !exported) {
          exported = asking = true;
          await dumpState(far).catch((error) => (line.fault = error.message));
          asking = false;
        }
        ready = false;
        if (far.writable) far.write(chunk);
      });
    });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ]) {
      socket.on('error', () => undefined);
      socket.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(server.address().port) });
  // Only what is not encrypted can be read on the way.
  through.searchParams.set('sslmode', 'disable');
  line.url = through.href;
  return line;
}

/** Rows that a dump holds, for each table: texts as the backup's rows, in no order. */
export function rowsOfDump(dump) {
  const tables = new Map();
  for (const [, name, body] of dump.matchAll(/^COPY \w+\.(\w+) \(.*\) FROM stdin;\n((?:.*\n)*?)\\\.$/gm)) {
    tables.set(name, body.split('\n').slice(0, -1).sort());
  }
  return tables;
}
