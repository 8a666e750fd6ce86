import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Knex } from 'knex';
import type { Client } from 'pg';
import { LINE_FEED, TAB } from './line-bytes.js';
import type { ValueSize } from '../../row-size.js';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** Bytes that wait for the server while further rows are made. */
const WAITING_BYTES = 2_000_000;

/** How much is read, and for how long, of what nobody wants any more, to keep the connection. */
const REST_BYTES = 64_000_000;
const REST_MS = 3000;

/** Bytes of a value that are kept of a row which is too large. */
const HEAD = 200;

/** Characters that the text format of COPY has another meaning for. */
const special = /[\\\n\r\t]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A value in the text format of COPY: NULL is `\N`, bytes are hex digits. */
export function copyText(value: string | Buffer | null): string {
  if (value === null) return '\\N';
  if (typeof value !== 'string') return `\\\\x${value.toString('hex')}`;
  return value.replace(special, (character) => escapes[character] ?? character);
}

const escaped = /\\(.)/g;
/** What the server writes behind a backslash, where it is not the character itself. */
const meanings: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * The values of lines in the text format of COPY.
 * @param columns how many there are; a row of none is an empty line
 */
export function rowsOfCopy(bytes: Buffer, columns: number): (string | null)[][] {
  const lines = bytes.toString('utf8', 0, bytes.length - 1).split('\n');
  return columns === 0 ? lines.map(() => []) : lines.map(valuesOf);
}

/** The values of a line in the text format of COPY. */
function valuesOf(line: string): (string | null)[] {
  const values: (string | null)[] = line.split('\t');
  // Few lines have one, and looking for it in the whole is quick.
  if (!line.includes('\\')) return values;
  return values.map((value) => {
    if (value === null || value === '\\N') return null;
    if (!value.includes('\\')) return value;
    return value.replace(escaped, (_, character: string) => meanings[character] ?? character);
  });
}

/** Works on the driver's client, which knex has no word for. */
async function withClient<T>(knex: Knex, work: (client: Client) => Promise<T>): Promise<T> {
  const client = knex.client as Knex.Client;
  const connection = (await client.acquireConnection()) as Client;
  try {
    return await work(connection);
  } finally {
    await client.releaseConnection(connection);
  }
}

/** A row that is too large to be read: how long each value is, and how it begins. */
export class OversizedRow extends Error {
  constructor(readonly values: readonly ValueSize[]) {
    super();
  }
}

/** Goes through a line without keeping it. */
class Skimmer {
  readonly #values: { bytes: number; head: string }[] = [{ bytes: 0, head: '' }];

  /** @returns true when the line's end was in these bytes */
  take(bytes: Buffer): boolean {
    const end = bytes.indexOf(LINE_FEED);
    const rest = end < 0 ? bytes : bytes.subarray(0, end);
    for (let start = 0; ;) {
      const tab = rest.indexOf(TAB, start);
      this.#count(rest.subarray(start, tab < 0 ? undefined : tab));
      if (tab < 0) break;
      this.#values.push({ bytes: 0, head: '' });
      start = tab + 1;
    }
    return end >= 0;
  }

  #count(part: Buffer): void {
    const value = this.#values.at(-1);
    if (!value) return;
    value.bytes += part.length;
    if (value.head.length < HEAD) value.head += part.toString('utf8', 0, HEAD);
  }

  values(): ValueSize[] {
    return this.#values.map(({ bytes, head }) => ({ bytes, text: valuesOf(head)[0] ?? undefined }));
  }
}

/**
 * Cuts chunks behind the last line feed in each.
 * @param most bytes of a line
 * @throws OversizedRow for a longer one, of which no more than that is kept
 */
async function* wholeLines(chunks: AsyncIterable<Buffer>, most: number): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let length = 0;
  let skimmer: Skimmer | undefined;
  for await (const chunk of chunks) {
    if (skimmer) {
      if (skimmer.take(chunk)) throw new OversizedRow(skimmer.values());
      continue;
    }
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      // The line that began before is joined for itself, so that no others are copied.
      const first = waiting.length > 0 ? chunk.indexOf(LINE_FEED) + 1 : 0;
      if (first > 0) yield Buffer.concat([...waiting, chunk.subarray(0, first)]);
      if (first < end) yield chunk.subarray(first, end);
      waiting = [];
      length = 0;
    }
    if (end < chunk.length) waiting.push(chunk.subarray(end));
    length += chunk.length - end;
    if (length <= most) continue;
    skimmer = new Skimmer();
    for (const part of waiting) skimmer.take(part);
    waiting = [];
  }
}

/** Takes what the server still has to send, within limits. @returns true when that was all */
function drained(stream: Readable): Promise<boolean> {
  if (stream.errored || stream.readableEnded) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), REST_MS);
    const done = (all: boolean): void => {
      clearTimeout(timer);
      resolve(all);
    };
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > REST_BYTES) done(false);
    });
    stream.on('end', () => done(true));
    stream.on('error', () => done(true));
  });
}

/**
 * Rows of a query as the lines that the server writes, some at a time. Where who reads leaves early, the server sends
 * the rest all the same; when that is much, the connection is ended.
 * @param most bytes of a row
 * @throws OversizedRow
 */
export async function* copyOut(knex: Knex, query: string, most: number): AsyncGenerator<Buffer> {
  const client = knex.client as Knex.Client;
  const connection = (await client.acquireConnection()) as Client;
  const stream = connection.query(copyTo(`copy (${query}) to stdout`));
  // Whoever reads meets it; one that comes when nobody reads any more is nobody's.
  stream.on('error', () => undefined);
  // It is not destroyed by who leaves early: then nothing would come from the connection any more, not even its end.
  const chunks: AsyncIterable<Buffer> = stream.iterator({ destroyOnReturn: false });
  let complete = false;
  try {
    yield* wholeLines(chunks, most);
    complete = true;
  } finally {
    if (!complete && !(await drained(stream))) await connection.end();
    await client.releaseConnection(connection);
  }
}

/** `COPY … FROM STDIN`: lines that are made while the server takes those before. @throws the driver's error */
export function copyIn(knex: Knex, statement: string, lines: AsyncIterable<Buffer>): Promise<void> {
  return withClient(knex, async (client) => {
    const sink: Writable = client.query(copyFrom(statement, { highWaterMark: WAITING_BYTES }));
    await pipeline(Readable.from(lines, { highWaterMark: 1 }), sink);
  });
}
