/** Bytes of the tag behind each frame. */
export const TAG_BYTES = 16;

/** Plain bytes of a frame; only the last is shorter. Both age and version 1 of the format have frames of this size. */
export const FRAME_BYTES = 64 * 1024;

/** The number of the frame, and whether it is the last: frames can be neither swapped nor cut off unseen. */
export function nonceOf(frame: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(frame), 3);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** Cuts a stream into frames of one size; the last, perhaps empty, says so. */
export async function* frames(
  chunks: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ readonly bytes: Buffer; readonly last: boolean }> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    length += chunk.length;
    if (length <= size) continue;
    const all = Buffer.concat(waiting);
    let at = 0;
    for (; length - at > size; at += size) yield { bytes: all.subarray(at, at + size), last: false };
    waiting = [all.subarray(at)];
    length -= at;
  }
  yield { bytes: Buffer.concat(waiting), last: true };
}
