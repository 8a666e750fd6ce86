import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { SecretFault } from '../fault.js';

/** Longest answer of a store, in bytes after decompression: the largest secrets are a few hundred kilobytes. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

const decoders: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * The whole body of an answer. It is measured as it is unpacked, so that a small one that grows without end fills
 * neither memory nor time.
 * @throws SecretFault `secrets/unreachable` when it is too long or packed in an unknown way; errors of the stream
 */
export async function readBody(response: IncomingMessage, service: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const stream = unpacked(response, service);
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) {
        const limit = `${MAX_ANSWER_BYTES / 1024 / 1024} MiB`;
        throw new SecretFault('secrets/unreachable', `${service} answers with more than ${limit}`, {
          hint: 'Check the address, and proxies between.',
        });
      }
      chunks.push(chunk);
    }
  } catch (error) {
    response.destroy();
    throw error;
  }
  // What follows the end of a packed body is read too, so that the connection can be used again.
  if (stream !== response) response.resume();
  return Buffer.concat(chunks);
}

function unpacked(response: IncomingMessage, service: string): Readable {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return response;
  const decoder = decoders[encoding]?.();
  if (!decoder) {
    throw new SecretFault('secrets/unreachable', `${service} packs its answer in a way that is not known`);
  }
  response.on('error', (error) => decoder.destroy(error));
  response.on('aborted', () => decoder.destroy(new Error('aborted')));
  return response.pipe(decoder);
}
