/** Kinds of messages of the protocol. */
export const kinds = { batch: 1, call: 3, answer: 4, attention: 6, login: 16, prelogin: 18 } as const;

export interface TdsMessage {
  readonly kind: number;
  readonly body: Buffer;
}

const HEADER = 8;
const PACKET = 4096;

/** Puts packets together again to messages. */
export class PacketReader {
  #pending = Buffer.alloc(0);
  #parts: Buffer[] = [];

  read(chunk: Buffer): TdsMessage[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const messages: TdsMessage[] = [];
    while (this.#pending.length >= HEADER) {
      const length = this.#pending.readUInt16BE(2);
      if (this.#pending.length < length) break;
      this.#parts.push(this.#pending.subarray(HEADER, length));
      const isLast = ((this.#pending[1] ?? 0) & 1) === 1;
      if (isLast) {
        messages.push({ kind: this.#pending[0] ?? 0, body: Buffer.concat(this.#parts) });
        this.#parts = [];
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
