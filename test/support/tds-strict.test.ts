import { Connection, Request, TYPES } from 'tedious';
import { describe, expect, it, onTestFinished } from 'vitest';
import { COLLATION } from './stand-ins/tds-answers.js';
import { declarationsOf } from './stand-ins/tds-declarations.js';
import { TdsFault } from './stand-ins/tds-faults.js';
import { PacketReader } from './stand-ins/tds-packets.js';
import { readBatch, readCall } from './stand-ins/tds-requests.js';
import { startTdsServer, type TdsServer } from './stand-ins/tds-server.js';

const OUTSIDE = Buffer.alloc(8);
const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');
const short = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8]);
const int = (value: number): Buffer => Buffer.concat([short(value & 0xffff), short(value >>> 16)]);

const headers = (descriptor: Buffer = OUTSIDE): Buffer =>
  Buffer.concat([int(22), int(18), short(2), descriptor, int(1)]);
const named = (name: string): Buffer => Buffer.concat([Buffer.from([name.length]), wide(name), Buffer.of(0)]);
const text = (value: string, limit = 8000): Buffer =>
  Buffer.concat([Buffer.of(0xe7), short(limit), COLLATION, short(2 * value.length), wide(value)]);

/** A call by hand, out of the pages of MS-TDS and not by the driver. */
const call = (sql: string, declared: string, ...values: readonly [string, Buffer][]): Buffer =>
  Buffer.concat([
    headers(),
    ...[0xffff, 10, 0].map(short),
    named(''),
    text(sql),
    named(''),
    text(declared),
    ...values.flatMap(([name, value]) => [named(name), value]),
  ]);

function numberOf(work: () => unknown): number | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof TdsFault) return error.number;
    throw error;
  }
  return undefined;
}

const read = (body: Buffer): number | undefined => numberOf(() => readCall(body, OUTSIDE));
const bytes = (...values: number[]): Buffer => Buffer.from(values);

describe('a call by hand', () => {
  it('is read as it was meant', () => {
    const body = call(
      'select @p0, @p1, @p2',
      '@p0 nvarchar(2), @p1 int, @p2 varbinary(1)',
      ['@p0', text('ab', 4)],
      ['@p1', bytes(0x26, 4, 4, 7, 0, 0, 0)],
      ['@p2', bytes(0xa5, 1, 0, 0, 0)],
    );
    expect(readCall(body, OUTSIDE)).toEqual({
      sql: 'select @p0, @p1, @p2',
      parameters: { p0: 'ab', p1: 7, p2: Buffer.alloc(0) },
      types: { p0: 'nvarchar', p1: 'int', p2: 'varbinary' },
    });
  });

  it('is refused wherever it is cut off', () => {
    const body = call('select @p0', '@p0 int', ['@p0', bytes(0x26, 4, 4, 7, 0, 0, 0)]);
    for (let end = 0; end < body.length; end += 1) {
      expect(read(body.subarray(0, end)), `cut at ${end}`).toBeDefined();
    }
  });

  it.each<[string, string, Buffer, number]>([
    ['bytes of no length', 'varbinary(1)', bytes(0xa5, 0, 0, 0, 0), 8016],
    ['text of no length', 'nvarchar(1)', text('', 0), 8016],
    ['more than a type may have', 'nvarchar(4000)', text('', 8002), 8016],
    ['half of a character', 'nvarchar(4000)', text('', 7), 8016],
    ['a value longer than its type', 'nvarchar(4000)', text('abc', 4), 8016],
    [
      'another collation',
      'nvarchar(1)',
      Buffer.concat([bytes(0xe7, 2, 0, 0, 0, 0, 0, 0), bytes(0, 0)]),
      8016,
    ],
    ['a whole number of three bytes', 'int', bytes(0x26, 3, 3, 1, 0, 0), 8016],
    ['a number shorter than its type', 'int', bytes(0x26, 4, 2, 1, 0), 8016],
    ['a bit that is no bit', 'bit', bytes(0x68, 1, 1, 2), 8016],
    ['a float of no number', 'float', bytes(0x6d, 8, 8, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f), 8016],
    [
      'parts that are not the total',
      'varbinary(max)',
      Buffer.concat([bytes(0xa5, 0xff, 0xff), bytes(2, 0, 0, 0, 0, 0, 0, 0), int(1), bytes(9), int(0)]),
      8016,
    ],
    ['a type that nobody knows', 'int', bytes(0x99, 4, 4, 0, 0, 0, 0), 8009],
    ['another type than declared', 'nvarchar(9)', bytes(0x26, 4, 4, 7, 0, 0, 0), 8114],
    ['more than was declared', 'nvarchar(1)', text('ab', 4), 8152],
    ['a declared length of zero', 'varbinary(0)', bytes(0xa5, 1, 0, 0, 0), 1001],
    ['a declared length beyond the most', 'nvarchar(4001)', text('a', 2), 2717],
  ])('is refused with %s', (_, declared, value, number) => {
    expect(read(call('select @p0', `@p0 ${declared}`, ['@p0', value]))).toBe(number);
  });

  it('is refused when its names do not belong together', () => {
    const value: [string, Buffer] = ['@p0', text('a', 2)];
    expect(read(call('select @p0', '', value))).toBe(8145);
    expect(read(call('select @p0', '@p0 nvarchar(1)'))).toBe(8178);
    expect(read(call('select @p0', '@p0 nvarchar(1)', value, value))).toBe(8143);
    expect(read(call('select @p1', '@p0 nvarchar(1)', value))).toBe(137);
    expect(numberOf(() => declarationsOf('@p0 int, @p0 int'))).toBe(134);
  });
});

it('refuses a request of another transaction, and headers that lie about their length', () => {
  const batch = (head: Buffer): (() => unknown) => {
    return () => readBatch(Buffer.concat([head, wide('select 1')]), OUTSIDE);
  };
  expect(numberOf(batch(headers()))).toBeUndefined();
  expect(numberOf(batch(headers(bytes(1, 0, 0, 0, 0, 0, 0, 0))))).toBe(3989);
  expect(numberOf(batch(int(4)))).toBe(4002);
  expect(numberOf(batch(Buffer.concat([int(23), headers().subarray(4)])))).toBe(4002);
  expect(numberOf(() => readBatch(Buffer.concat([headers(), bytes(65)]), OUTSIDE))).toBe(4002);
});

it.each([
  ['a length below that of its head', [1, 1, 0, 7, 0, 0, 1, 0]],
  ['a length beyond what was agreed', [1, 1, 0x10, 1, 0, 0, 1, 0]],
  ['a kind that nobody knows', [9, 1, 0, 8, 0, 0, 1, 0]],
  ['a state that nobody knows', [1, 0x81, 0, 8, 0, 0, 1, 0]],
  ['nothing in it and more to come', [1, 0, 0, 8, 0, 0, 1, 0]],
])('refuses a packet with %s', (_, head) => {
  expect(numberOf(() => new PacketReader().read(Buffer.from(head)))).toBe(4002);
});

/** Runs one statement by the driver alone, without the tool's care for its habits. */
function run(server: TdsServer, value: Buffer): Promise<Error | undefined> {
  const connection = new Connection({
    server: '127.0.0.1',
    authentication: { type: 'default', options: { userName: 'a', password: 'b' } },
    options: { port: server.port, encrypt: false },
  });
  onTestFinished(() => connection.close());
  return new Promise((resolve) => {
    connection.connect((fault) => {
      if (fault) return resolve(fault);
      const request = new Request('select @p0 as a', (error) => resolve(error ?? undefined));
      request.addParameter('p0', TYPES.VarBinary, value);
      connection.execSql(request);
    });
  });
}

it('takes from the driver what a server takes, and not the type of no length that it makes of no bytes', async () => {
  const session = { run: () => ({}), close: () => undefined };
  const server = await startTdsServer({ login: () => session, tls: 'none' });
  expect(await run(server, Buffer.of(1))).toBeUndefined();
  expect(server.refused).toEqual([]);
  expect(await run(server, Buffer.alloc(0))).toMatchObject({ number: 8016 });
  expect(server.refused).toHaveLength(1);
});
