import { declarationsOf, type Declared } from './tds-declarations.js';
import { demand, TdsFault, TdsProtocolFault } from './tds-faults.js';
import { TdsReader, wideText } from './tds-reader.js';
import { readValue, type TdsValue } from './tds-values.js';

/** What a client says when it logs in. */
export interface TdsLogin {
  readonly user: string;
  readonly password: string;
  readonly application: string;
  readonly database: string;
  /** Bytes of its packets. */
  readonly packetSize: number;
}

/** A statement with the values that came with it, by name without its `@`. */
export interface TdsStatement {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The types that the values were sent as. */
  readonly types?: Readonly<Record<string, string>>;
}

/** Characters that a text of the login has at most. */
const LONGEST_NAME = 128;
/** Where the fixed part of the login ends, and its texts begin. */
const LOGIN_HEAD = 94;

/** The login's texts stand behind a table of places and lengths; the password is scrambled byte by byte. */
export function readLogin(body: Buffer): TdsLogin {
  demand(body.length >= LOGIN_HEAD && body.readUInt32LE(0) === body.length, 'the length of the login');
  demand(body.readUInt32LE(4) >= 0x72_09_00_02, 'a version of the protocol without headers of requests');
  const packetSize = body.readUInt32LE(8);
  demand(packetSize >= 512 && packetSize <= 32_767, `packets of ${packetSize} bytes`);
  const bytes = (at: number): Buffer => {
    const start = body.readUInt16LE(at);
    const count = body.readUInt16LE(at + 2);
    demand(count <= LONGEST_NAME, `a text of the login of ${count} characters`);
    demand(start >= LOGIN_HEAD && start + 2 * count <= body.length, 'a text beyond the end of the login');
    return body.subarray(start, start + 2 * count);
  };
  const text = (at: number): string => bytes(at).toString('utf16le');
  const clear = bytes(44).map((byte) => {
    const plain = byte ^ 0xa5;
    return ((plain << 4) | (plain >> 4)) & 0xff;
  });
  return {
    user: text(40),
    password: Buffer.from(clear).toString('utf16le'),
    application: text(48),
    database: text(68),
    packetSize,
  };
}

const TRANSACTION_HEADER = 2;

/**
 * What follows the headers of a request, which say their own lengths.
 * @param transaction the number of the transaction that is open, zeros for none
 * @throws TdsFault 3989 for a request that names another one
 */
function behindHeaders(body: Buffer, transaction: Buffer): Buffer {
  demand(body.length >= 4, 'it ended unexpectedly');
  const total = body.readUInt32LE(0);
  demand(total >= 4 && total <= body.length, `headers of ${total} bytes`);
  const headers = new TdsReader(body.subarray(4, total));
  let named: Buffer | undefined;
  while (!headers.isAtEnd) {
    const length = headers.int();
    demand(length >= 6, `a header of ${length} bytes`);
    const type = headers.short();
    const content = headers.bytes(length - 6);
    if (type !== TRANSACTION_HEADER) continue;
    demand(content.length === 12 && content.readUInt32LE(8) === 1, 'the header of the transaction');
    named = content.subarray(0, 8);
  }
  demand(named !== undefined, 'no header of the transaction');
  if (!named.equals(transaction)) throw new TdsFault(3989, 'The request names another transaction.');
  return body.subarray(total);
}

export const readBatch = (body: Buffer, transaction: Buffer): TdsStatement => ({
  sql: wideText(behindHeaders(body, transaction)),
  parameters: {},
});

const SP_EXECUTESQL = 10;
/** Parameters of one call, the statement and the list among them. */
const MOST_PARAMETERS = 2100;

function assertFits({ type, longest }: Declared, { type: sent, value }: TdsValue, name: string): void {
  if (value === null) return;
  if (type !== sent) throw new TdsFault(8114, `@${name} is declared as ${type} and was sent as ${sent}.`);
  const length = typeof value === 'string' || Buffer.isBuffer(value) ? value.length : 0;
  // The server would cut the value without a word.
  if (length > longest) throw new TdsFault(8152, `@${name} is longer than its declaration.`);
}

/**
 * A call of `sp_executesql`: the statement, the list of its parameters, and their values.
 * @throws TdsFault also where values are not what the list says of them
 */
export function readCall(body: Buffer, transaction: Buffer): TdsStatement {
  const reader = new TdsReader(behindHeaders(body, transaction));
  if (reader.short() !== 0xffff || reader.short() !== SP_EXECUTESQL) {
    throw new TdsProtocolFault(2812, 'The stand-in knows one procedure only.');
  }
  demand((reader.short() & ~7) === 0, 'an option of the call');
  const values: [string, TdsValue][] = [];
  while (!reader.isAtEnd) {
    const name = reader.name();
    demand(name === '' || /^@[\w@#$]+$/.test(name), `a parameter called ${name}`);
    demand(reader.byte() === 0, 'a parameter that is to be given back');
    values.push([name.slice(1), readValue(reader)]);
  }
  if (values.length > MOST_PARAMETERS) throw new TdsFault(8003, 'Too many parameters were provided.');
  const [statement, list, ...sent] = values;
  const [sql, declared] = [statement?.[1].value, list?.[1].value];
  if (typeof sql !== 'string') throw new TdsFault(214, 'The statement is no text.');
  const declarations = declarationsOf(typeof declared === 'string' ? declared : '');
  for (const [name, value] of sent) {
    const declaration = declarations.get(name);
    if (!declaration) throw new TdsFault(8145, `@${name} is not declared.`);
    assertFits(declaration, value, name);
  }
  const parameters = Object.fromEntries(sent.map(([name, { value }]) => [name, value]));
  if (Object.keys(parameters).length !== sent.length) throw new TdsFault(8143, 'A parameter came twice.');
  for (const name of declarations.keys()) {
    if (!Object.hasOwn(parameters, name)) throw new TdsFault(8178, `The value of @${name} was not supplied.`);
  }
  // Whoever names a variable has declared it.
  const named = new Set(sql.replaceAll(/N?'(?:[^']|'')*'/g, '').match(/(?<![@\w])@p\d+\b/g) ?? []);
  for (const name of named) {
    if (!declarations.has(name.slice(1))) throw new TdsFault(137, `Must declare the variable ${name}.`);
  }
  return { sql, parameters, types: Object.fromEntries(sent.map(([name, { type }]) => [name, type])) };
}
