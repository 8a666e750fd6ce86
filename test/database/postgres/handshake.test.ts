import { constants } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as dial, createServer, type AddressInfo } from 'node:net';
import { connect as dialTls, createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tlsChoices } from '../../../src/database/dialects/postgres/tls.js';
import { connect, freshUrl } from '../../support/connection.js';
import { needsLogins, whyMissing } from '../../support/servers/index.js';
import { tlsFixture } from '../../support/servers/process.js';

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
  // Newer ones send what they like best.
  const sendsOne = constants.OPENSSL_VERSION_NUMBER < 0x30500000;
  it.runIf(sendsOne)(
    'offers the curve that a server knows by default, so that it is not asked for another',
    async (context) => {
      needsLogins('postgres', context);
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
    },
  );
});

describe('a server that knows one group alone', () => {
  it.each(['P-256', 'X25519', 'X448', 'P-384', 'P-521', 'ffdhe2048'])('is understood: %s', async (group) => {
    const server = createTlsServer(
      {
        cert: readFileSync(tlsFixture('server.crt')),
        key: readFileSync(tlsFixture('server.key')),
        ecdhCurve: group,
        minVersion: 'TLSv1.3',
      },
      (socket) => socket.end('through'),
    ).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const [choice] = await tlsChoices('127.0.0.1', new Map([['sslmode', 'require']]));
    const { port } = server.address() as AddressInfo;
    const client = dialTls({ ...(choice || {}), host: '127.0.0.1', port });
    const [said] = (await once(client, 'data')) as [Buffer];
    expect(said.toString()).toBe('through');
  });
});
