import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSecrets } from '../../src/secrets/index.js';
import { openSecrets, sourceOf } from '../support/provider-suite.js';
import { startAws } from '../support/stand-ins/aws.js';
import type { ProviderStandIn } from '../support/stand-ins/provider-stand-in.js';

const REFERENCES = 100;

let standIn: ProviderStandIn;
beforeEach(async () => {
  standIn = await startAws();
});
afterEach(async () => {
  await standIn.close();
  vi.unstubAllEnvs();
});

/** Resolves references to fields of some documents, and checks that each gets its own value. */
async function resolveAll(documents: number): Promise<void> {
  for (let d = 0; d < documents; d += 1) {
    const fields = Array.from({ length: REFERENCES }, (_, i) => [`field${i}`, `value ${d} ${i}`] as const);
    standIn.shelf.putJson(`document${d}`, Object.fromEntries(fields));
  }
  const secrets = await createSecrets({
    secretsBlock: Object.fromEntries(
      Object.entries(standIn.settings()).map(([name, text]) => [name, { key: name, text, origin: {} }]),
    ),
    environment: standIn.environment(),
    baseDirectory: '/',
  });
  const sources = Array.from({ length: REFERENCES }, (_, i) => ({
    key: `key${i}`,
    text: `vault://document${i % documents}#field${i}`,
    origin: {},
  }));
  const values = await secrets.resolve(sources);
  await secrets.close();
  expect([...values].map(([key, value]) => [key, value.reveal()])).toEqual(
    sources.map(({ key }, i) => [key, `value ${i % documents} ${i}`]),
  );
}

const operations = () =>
  standIn.fetches().map(({ headers }) => headers['x-amz-target']?.replace('secretsmanager.', ''));

describe('a hundred references', () => {
  it('in five documents are one request', async () => {
    await resolveAll(5);
    expect(operations()).toEqual(['BatchGetSecretValue']);
  });

  it('in a hundred documents are as few requests as the service allows', async () => {
    await resolveAll(REFERENCES);
    expect(operations()).toEqual(Array<string>(5).fill('BatchGetSecretValue'));
  });

  it('are a request each where many at once may not be asked for, which is tried once', async () => {
    await standIn.close();
    standIn = await startAws({ mayBatch: false });
    await resolveAll(5);
    expect(operations()).toEqual(['BatchGetSecretValue', ...Array<string>(5).fill('GetSecretValue')]);
  });

  it('are asked for one by one for what many at once do not give', async () => {
    standIn.shelf.put('there', 'value');
    standIn.shelf.put('bytes', new Uint8Array([0xff, 0xfe]));
    const secrets = await openSecrets(standIn);
    const results = await secrets.tryResolve(
      ['there', 'gone?default=d', 'bytes'].map((path) => sourceOf(`vault://${path}`, path)),
    );
    await secrets.close();
    expect(results.map((r) => (r.state === 'failed' ? r.fault.code : r.state))).toEqual([
      'resolved',
      'default',
      'secrets/unreadable',
    ]);
    expect(operations()).toEqual(['BatchGetSecretValue', 'GetSecretValue', 'GetSecretValue']);
  });
});
