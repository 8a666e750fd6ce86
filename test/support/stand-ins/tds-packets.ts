import { demand } from './tds-faults.js';

/** Kinds of messages of the protocol. */
export const kinds = { batch: 1, call: 3, answer: 4, attention: 6, login: 16, prelogin: 18 } as const;

export interface TdsMessage {
  readonly kind: number;
  readonly body: Buffer;
}

const HEADER = 8;
const PACKET = 4096;

const END_OF_MESSAGE = 1;
/** Besides the end: ignore this message, reset the connection, reset it but for its transaction. */
const KNOWN_STATES = 0b1_1011;

const known: ReadonlySet<number> = new Set(Object.values(kinds));

/** Puts packets together again to messages. */
export class PacketReader {
  /** Bytes that a packet may have at most: what the login asked for. */
  largest = PACKET;
  #pending = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #kind: number | undefined;

  /** @throws TdsProtocolFault */
  read(chunk: Buffer): TdsMessage[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const messages: TdsMessage[] = [];
    while (this.#pending.length >= HEADER) {
      const [kind = 0, state = 0] = this.#pending;
      const length = this.#pending.readUInt16BE(2);
      demand(known.has(kind), `no kind of message is ${kind}`);
      demand(this.#kind === undefined || kind === this.#kind, 'a packet of another message');
      demand((state & ~KNOWN_STATES) === 0, `no state of a packet is ${state}`);
      demand(length >= HEADER && length <= this.largest, `a packet of ${length} bytes`);
      // Only the last one may be shorter than agreed.
      const isLast = (state & END_OF_MESSAGE) === END_OF_MESSAGE;
      demand(isLast || length > HEADER, 'an empty packet that is not the last');
      if (this.#pending.length < length) break;
      this.#parts.push(this.#pending.subarray(HEADER, length));
      this.#kind = kind;
      if (isLast) {
        messages.push({ kind, body: Buffer.concat(this.#parts) });
        this.#parts = [];
        this.#kind = undefined;
      }
      this.#pending = this.#pending.subarray(length);
    }
    return messages;
  }
}

/** Cuts a message into packets. */
export function packets({ kind, body }: TdsMessage): Buffer {
  const parts: Buffer[] = [];
  const size = PACKET - HEADER;
  for (let start = 0, id = 1; start === 0 || start < body.length; start += size, id += 1) {
    const part = body.subarray(start, start + size);
    const header = Buffer.alloc(HEADER);
    header[0] = kind;
    header[1] = start + size >= body.length ? 1 : 0;
    header.writeUInt16BE(HEADER + part.length, 2);
    header[6] = id & 0xff;
    parts.push(header, part);
  }
  return Buffer.concat(parts);
}
