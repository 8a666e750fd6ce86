import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecrets } from '../../src/secrets/index.js';
import { startAws } from '../support/stand-ins/aws.js';
import type { ProviderStandIn } from '../support/stand-ins/provider-stand-in.js';

const DOCUMENTS = 5;
const REFERENCES = 100;

let standIn: ProviderStandIn;
beforeEach(async () => {
  standIn = await startAws();
});
afterEach(() => standIn.close());

describe('a hundred references in five documents', () => {
  it('are five requests, and each reference gets its own value', async () => {
    for (let d = 0; d < DOCUMENTS; d += 1) {
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
      text: `vault://document${i % DOCUMENTS}#field${i}`,
      origin: {},
    }));
    const values = await secrets.resolve(sources);
    await secrets.close();
    expect([...values].map(([key, value]) => [key, value.reveal()])).toEqual(
      sources.map(({ key }, i) => [key, `value ${i % DOCUMENTS} ${i}`]),
    );
    expect(standIn.fetches()).toHaveLength(DOCUMENTS);
  });
});
