/** What a client says when it logs in. */
export interface TdsLogin {
  readonly user: string;
  readonly password: string;
  readonly application: string;
  readonly database: string;
}

/** A statement with the values that came with it, by name without its `@`. */
export interface TdsStatement {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The login's texts stand behind a table of places and lengths; the password is scrambled byte by byte. */
export function readLogin(body: Buffer): TdsLogin {
  const bytes = (at: number): Buffer => {
    const start = body.readUInt16LE(at);
    return body.subarray(start, start + 2 * body.readUInt16LE(at + 2));
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
  };
}

/** Every request begins with headers that say their own length. */
const behindHeaders = (body: Buffer): Buffer => body.subarray(body.readUInt32LE(0));

export const readBatch = (body: Buffer): TdsStatement => ({
  sql: behindHeaders(body).toString('utf16le'),
  parameters: {},
});

/** Reads a call from its beginning to its end. */
class CallReader {
  #at = 0;

  constructor(private readonly body: Buffer) {}

  get isAtEnd(): boolean {
    return this.#at >= this.body.length;
  }

  byte(): number {
    return this.body[this.#at++] ?? 0;
  }

  short(): number {
    this.#at += 2;
    return this.body.readUInt16LE(this.#at - 2);
  }

  bytes(count: number): Buffer {
    this.#at += count;
    return this.body.subarray(this.#at - count, this.#at);
  }

  name(): string {
    return this.bytes(2 * this.byte()).toString('utf16le');
  }

  /** A value of any length: in parts where its type has no limit. */
  long(limit: number): Buffer | null {
    if (limit !== 0xffff) {
      const length = this.short();
      return length === 0xffff ? null : this.bytes(length);
    }
    if (this.bytes(8).every((byte) => byte === 0xff)) return null;
    const parts: Buffer[] = [];
    for (;;) {
      const length = this.bytes(4).readUInt32LE();
      if (length === 0) return Buffer.concat(parts);
      parts.push(this.bytes(length));
    }
  }

  value(): unknown {
    const type = this.byte();
    switch (type) {
      case 0xe7: {
        const limit = this.short();
        this.bytes(5);
        return this.long(limit)?.toString('utf16le') ?? null;
      }
      case 0xa5:
        return this.long(this.short());
      case 0x26: {
        this.byte();
        const value = this.bytes(this.byte());
        if (value.length === 0) return null;
        return value.length === 8 ? value.readBigInt64LE() : value.readIntLE(0, value.length);
      }
      case 0x68: {
        this.byte();
        const value = this.bytes(this.byte());
        return value.length === 0 ? null : value[0] === 1;
      }
      case 0x6d: {
        this.byte();
        const value = this.bytes(this.byte());
        return value.length === 0 ? null : value.readDoubleLE();
      }
      default:
        throw new Error(`The stand-in cannot read a parameter of type ${type}.`);
    }
  }
}

const SP_EXECUTESQL = 10;

/** A call of `sp_executesql`: the statement, the list of its parameters, and their values. */
export function readCall(body: Buffer): TdsStatement {
  const reader = new CallReader(behindHeaders(body));
  if (reader.short() !== 0xffff || reader.short() !== SP_EXECUTESQL) {
    throw new Error('The stand-in knows one procedure only.');
  }
  reader.short();
  const values: [string, unknown][] = [];
  while (!reader.isAtEnd) {
    const name = reader.name().replace('@', '');
    reader.byte();
    values.push([name, reader.value()]);
  }
  const [statement, , ...parameters] = values;
  return { sql: String(statement?.[1]), parameters: Object.fromEntries(parameters) };
}
