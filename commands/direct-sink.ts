import { fstatSync, writeSync } from 'node:fs';
import type { TextSink } from './io.js';

/** A sink that takes bytes as well, for the rest of a text that was cut within a character. */
export interface ByteSink extends TextSink {
  write(text: string | Uint8Array): void;
}

/** Files, pipes and sockets are written to as they are; terminals and devices have streams that know them. */
function isPlain(descriptor: number): boolean {
  try {
    const facts = fstatSync(descriptor);
    return facts.isFile() || facts.isFIFO() || facts.isSocket();
  } catch {
    return false; // closed, which the stream knows how to say
  }
}

/**
 * Writes to a file or a pipe without node's streams, which take longer to load than a file takes to validate. Terminals
 * get the stream, and so does all the rest as soon as a reader is slow, so that nothing is lost and nobody waits for it.
 * @param onFault told of what a write failed with; a closed pipe is the reader's choice
 */
export function directSink(descriptor: number, stream: ByteSink, onFault: (code: string) => void): TextSink {
  let plain: boolean | undefined;
  const isDirect = (): boolean => (plain ??= isPlain(descriptor));
  return {
    write(text) {
      let rest: Uint8Array = Buffer.from(text);
      try {
        while (isDirect() && rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? 'unknown fault';
        if (code !== 'EAGAIN') {
          if (code !== 'EPIPE') onFault(code);
          return;
        }
        plain = false;
      }
      if (rest.length > 0) stream.write(rest);
    },
    get isTTY() {
      return !isDirect() && stream.isTTY;
    },
    get columns() {
      return isDirect() ? undefined : stream.columns;
    },
  };
}
