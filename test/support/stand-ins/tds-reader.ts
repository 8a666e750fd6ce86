import { demand } from './tds-faults.js';

/** Reads bytes from their beginning to their end, and nothing beyond. */
export class TdsReader {
  #at = 0;

  constructor(private readonly body: Buffer) {}

  get isAtEnd(): boolean {
    return this.#at >= this.body.length;
  }

  /** @throws TdsProtocolFault when there are not so many */
  bytes(count: number): Buffer {
    demand(count <= this.body.length - this.#at, 'it ended unexpectedly');
    this.#at += count;
    return this.body.subarray(this.#at - count, this.#at);
  }

  byte(): number {
    return this.bytes(1).readUInt8();
  }

  short(): number {
    return this.bytes(2).readUInt16LE();
  }

  int(): number {
    return this.bytes(4).readUInt32LE();
  }

  rest(): Buffer {
    return this.bytes(this.body.length - this.#at);
  }

  /** A text with the number of its characters before it. */
  name(): string {
    return this.bytes(2 * this.byte()).toString('utf16le');
  }
}

/** @throws TdsProtocolFault for half of a character */
export function wideText(bytes: Buffer): string {
  demand(bytes.length % 2 === 0, 'half of a character');
  return bytes.toString('utf16le');
}
