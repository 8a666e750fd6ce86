import type { TdsFault } from './tds-faults.js';

export type TdsType = 'text' | 'int' | 'bigint' | 'float' | 'bit' | 'bytes' | 'instant' | 'guid';

/** What one statement of a request brings back. */
export interface TdsResult {
  readonly columns: readonly { readonly name: string; readonly type: TdsType }[];
  readonly rows: readonly (readonly unknown[])[];
}

const byte = (value: number): Buffer => Buffer.from([value]);

function short(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}

function int(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32LE(value);
  return buffer;
}

const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');
const name = (text: string): Buffer => Buffer.concat([byte(text.length), wide(text)]);
/** Of the server: what it sends of texts and takes back with them. */
export const COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);

const typeInfo: Record<TdsType, Buffer> = {
  text: Buffer.concat([byte(0xe7), short(0xffff), COLLATION]),
  bytes: Buffer.concat([byte(0xa5), short(0xffff)]),
  int: Buffer.from([0x26, 4]),
  bigint: Buffer.from([0x26, 8]),
  float: Buffer.from([0x6d, 8]),
  bit: Buffer.from([0x68, 1]),
  instant: Buffer.from([0x2b, 7]),
  guid: Buffer.from([0x24, 16]),
};

function parts(content: Buffer): Buffer {
  const total = Buffer.alloc(8);
  total.writeBigUInt64LE(BigInt(content.length));
  return content.length === 0
    ? Buffer.concat([total, int(0)])
    : Buffer.concat([total, int(content.length), content, int(0)]);
}

/** `2026-01-02 03:04:05.1234567 +01:00`: tenths of a microsecond of the day in UTC, the day, and the zone. */
function instant(text: string): Buffer {
  const [, date, clock, fraction = '', sign, hours, minutes] =
    /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))? ([+-])(\d\d):(\d\d)$/.exec(text) ?? [];
  if (date === undefined || clock === undefined)
    throw new Error(`The stand-in cannot send the time ${text}.`);
  const zone = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const seconds = Date.parse(`${date}T${clock}Z`) / 1000 - zone * 60;
  const days = Math.floor(seconds / 86_400);
  const ticks = (seconds - days * 86_400) * 1e7 + Number(fraction.padEnd(7, '0'));
  const value = Buffer.alloc(10);
  value.writeUIntLE(ticks % 2 ** 32, 0, 4);
  value.writeUIntLE(Math.floor(ticks / 2 ** 32), 4, 1);
  value.writeUIntLE(days - Date.parse('0001-01-01T00:00:00Z') / 86_400_000, 5, 3);
  value.writeInt16LE(zone, 8);
  return Buffer.concat([byte(10), value]);
}

/** The first three groups lie in the order of the machine. */
function guid(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  for (const [start, end] of [
    [0, 4],
    [4, 6],
    [6, 8],
  ])
    bytes.subarray(start, end).reverse();
  return Buffer.concat([byte(16), bytes]);
}

function cell(value: unknown, type: TdsType): Buffer {
  if (value === null || value === undefined) {
    return type === 'text' || type === 'bytes' ? Buffer.alloc(8, 0xff) : byte(0);
  }
  switch (type) {
    case 'text':
      return parts(wide(`${value as string | bigint}`));
    case 'bytes':
      return parts(value as Buffer);
    case 'int':
      return Buffer.concat([byte(4), int(Number(value))]);
    case 'bigint': {
      const buffer = Buffer.alloc(8);
      buffer.writeBigInt64LE(BigInt(value as number | bigint));
      return Buffer.concat([byte(8), buffer]);
    }
    case 'float': {
      const buffer = Buffer.alloc(8);
      buffer.writeDoubleLE(Number(value));
      return Buffer.concat([byte(8), buffer]);
    }
    case 'bit':
      return Buffer.from([1, value === true || Number(value) === 1 ? 1 : 0]);
    case 'instant':
      return instant(value as string);
    case 'guid':
      return guid(value as string);
  }
}

const token = (id: number, body: Buffer): Buffer => Buffer.concat([byte(id), short(body.length), body]);

const FINAL = 0;
const MORE = 1;
const FAILED = 2;
const ATTENTION = 0x20;

/** Ends of a statement of a batch, of one inside of a call, and of the call. */
const ends = { batch: 0xfd, inCall: 0xff, call: 0xfe } as const;

const done = (status: number, end: keyof typeof ends = 'batch'): Buffer =>
  Buffer.concat([byte(ends[end]), short(status), short(0), Buffer.alloc(8)]);

/** How a request came, which decides how its answer ends. */
export type TdsWay = 'batch' | 'call';

/** A call ends with what it returned, too: zero, or the number of its fault. */
const requestEnd = (way: TdsWay, status: number, returned: number): Buffer =>
  way === 'batch' ? done(status) : Buffer.concat([byte(0x79), int(returned), done(status, 'call')]);

function result({ columns, rows }: TdsResult, way: TdsWay): Buffer {
  const meta = columns.map((column) =>
    Buffer.concat([int(0), short(9), typeInfo[column.type], name(column.name)]),
  );
  const lines = rows.map((row) =>
    Buffer.concat([byte(0xd1), ...row.map((value, index) => cell(value, columns[index]?.type ?? 'text'))]),
  );
  const end = done(MORE, way === 'call' ? 'inCall' : 'batch');
  return Buffer.concat([byte(0x81), short(columns.length), ...meta, ...lines, end]);
}

/** A change of the session's state, with the value that is new and the one that was. */
const change = (type: number, after: Buffer, before: Buffer): Buffer =>
  token(0xe3, Buffer.concat([byte(type), byte(after.length), after, byte(before.length), before]));

const none = Buffer.alloc(0);

/**
 * Tells the driver that a transaction has begun or ended.
 * @param descriptor the number of the transaction, which every request inside of it has to name
 */
export function transactionChange(kind: 'begin' | 'commit' | 'rollback', descriptor: Buffer): Buffer {
  if (kind === 'begin') return change(8, descriptor, none);
  return change(kind === 'commit' ? 9 : 10, none, descriptor);
}

export const resultsAnswer = (
  results: readonly TdsResult[],
  changes: readonly Buffer[],
  way: TdsWay,
): Buffer =>
  Buffer.concat([...results.map((each) => result(each, way)), ...changes, requestEnd(way, FINAL, 0)]);

const faultToken = ({ number, message }: TdsFault): Buffer =>
  token(
    0xaa,
    Buffer.concat([
      int(number),
      byte(1),
      byte(16),
      short(message.length),
      wide(message),
      name('stand-in'),
      name(''),
      int(1),
    ]),
  );

export const faultAnswer = (faults: readonly TdsFault[], way: TdsWay = 'batch'): Buffer =>
  Buffer.concat([...faults.map(faultToken), requestEnd(way, FAILED, faults[0]?.number ?? 0)]);

export const attentionAnswer = (): Buffer => done(ATTENTION);

export function loginAnswer(): Buffer {
  const version = Buffer.from([0x74, 0, 0, 4]);
  const acknowledged = token(
    0xad,
    Buffer.concat([byte(1), version, name('stand-in'), Buffer.from([16, 0, 0, 0])]),
  );
  return Buffer.concat([change(7, COLLATION, none), acknowledged, done(FINAL)]);
}

/** @param encryption 0 TLS for the login only, 1 TLS, 2 none, 3 TLS is demanded */
export function preloginAnswer(encryption: 0 | 1 | 2 | 3): Buffer {
  const options: [number, Buffer][] = [
    [0, Buffer.from([16, 0, 0, 0, 0, 0])],
    [1, byte(encryption)],
    [2, byte(0)],
    [4, byte(0)],
  ];
  let place = options.length * 5 + 1;
  const table = options.map(([id, value]) => {
    const entry = Buffer.from([id, place >> 8, place & 0xff, 0, value.length]);
    place += value.length;
    return entry;
  });
  return Buffer.concat([...table, byte(0xff), ...options.map(([, value]) => value)]);
}
