import { once } from 'node:events';
import { connect as dial, createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect, freshUrl } from '../../support/connection.js';
import { whyMissing } from '../../support/servers/index.js';

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;

/** How often a client began a handshake of TLS, by the records that it sent behind the eight bytes which ask for TLS. */
function beginnings(sent: Buffer): number {
  let count = 0;
  for (let at = 8; at + 5 < sent.length; at += 5 + sent.readUInt16BE(at + 3)) {
    if (sent[at] === HANDSHAKE && sent[at + 5] === CLIENT_HELLO) count += 1;
  }
  return count;
}

describe.skipIf(whyMissing('postgres'))('the handshake with PostgreSQL', () => {
  it('offers the curve that a server knows by default, so that it is not asked for another', async () => {
    const url = new URL(await freshUrl('postgres'));
    const server = { host: url.hostname, port: Number(url.port) };
    const sent: Buffer[][] = [];
    const between = createServer((near) => {
      const far = dial(server);
      const of: Buffer[] = [];
      sent.push(of);
      near.on('data', (chunk) => of.push(chunk));
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    onTestFinished(() => void between.close());
    url.port = String((between.address() as AddressInfo).port);
    url.search = '?sslmode=require';
    const database = await connect(url.href);
    expect(await database.encryption()).toMatch(/^TLS/);
    expect(sent.map((chunks) => beginnings(Buffer.concat(chunks)))).toEqual([1]);
    await database.close();
  });
});
