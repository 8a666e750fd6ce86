import { describe, expect, it } from 'vitest';
import { defaultTimeouts } from '../../src/secrets/attempts.js';
import { SecretDocument } from '../../src/secrets/document.js';
import { SecretFault } from '../../src/secrets/fault.js';
import type { DocumentAddress, SecretProvider } from '../../src/secrets/providers/contract.js';
import { SecretStore } from '../../src/secrets/store.js';
import { warningsOf } from '../support/warnings.js';

const signal = new AbortController().signal;

/** A provider that answers once all who may ask at a time have asked; `answer` throws for what is not there. */
function providerOf(answer: (address: DocumentAddress) => SecretDocument, shared?: string) {
  const state = { fetches: 0, running: 0, most: 0 };
  const provider: SecretProvider = {
    name: 'env',
    describe: () => 'a provider of this test',
    locate: (path) =>
      shared === undefined ? [{ document: path }] : [{ document: shared, key: path }, { document: path }],
    fetch: async (address) => {
      state.fetches += 1;
      state.running += 1;
      state.most = Math.max(state.most, state.running);
      // Each is asked in a turn of its own.
      await new Promise((resolve) => setTimeout(resolve, 20));
      state.running -= 1;
      return answer(address);
    },
  };
  return { provider, state };
}

const fields = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, `value ${i}`]));
const wanted = (path: string, field?: string, version?: string) => ({ path, field, version });

describe('SecretStore', () => {
  it('reads 100 references in 5 documents with 5 requests at the same time', async () => {
    const { provider, state } = providerOf(({ document }) => SecretDocument.fromFields(document, fields));
    const store = new SecretStore(provider, defaultTimeouts);
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        store.read(wanted(`doc${i % 5}`, `f${Math.floor(i / 5)}`), signal),
      ),
    );
    expect(state).toMatchObject({ fetches: 5, most: 5 });
  });

  it('asks for no more documents at a time than it may', async () => {
    const { provider, state } = providerOf(({ document }) => SecretDocument.fromText(document, 'x'));
    const store = new SecretStore(provider, { ...defaultTimeouts, concurrency: 3 });
    await Promise.all(Array.from({ length: 12 }, (_, i) => store.read(wanted(`doc${i}`), signal)));
    expect(state).toMatchObject({ fetches: 12, most: 3 });
  });

  it('waits for 500 references without a warning of too many listeners', async () => {
    const { provider } = providerOf(({ document }) => SecretDocument.fromText(document, 'x'));
    const store = new SecretStore(provider, defaultTimeouts);
    const { signal: fresh } = new AbortController();
    const warnings = await warningsOf(() =>
      Promise.all(Array.from({ length: 500 }, (_, i) => store.read(wanted(`doc${i % 100}`), fresh))),
    );
    expect(warnings).toEqual([]);
  });

  it('keeps versions apart', async () => {
    const { provider } = providerOf(({ document, version }) =>
      SecretDocument.fromText(document, `v${version ?? 'current'}`),
    );
    const store = new SecretStore(provider, defaultTimeouts);
    expect((await store.read(wanted('a', undefined, '1'), signal)).reveal()).toBe('v1');
    expect((await store.read(wanted('a'), signal)).reveal()).toBe('vcurrent');
  });

  it('keeps answers and not failures', async () => {
    let fail = true;
    const { provider, state } = providerOf(({ document }) => {
      if (fail) throw new SecretFault('secrets/refused', 'not now');
      return SecretDocument.fromText(document, 'x');
    });
    const store = new SecretStore(provider, defaultTimeouts);
    await expect(store.read(wanted('a'), signal)).rejects.toMatchObject({ code: 'secrets/refused' });
    fail = false;
    await store.read(wanted('a'), signal);
    await store.read(wanted('a'), signal);
    expect(state.fetches).toBe(2);
    store.forget();
    await store.read(wanted('a'), signal);
    expect(state.fetches).toBe(3);
  });

  it('looks for a secret of its own when the shared document has an older text, and reports both', async () => {
    const { provider } = providerOf(({ document }) => {
      if (document === 'shared') return SecretDocument.fromText('secret shared', 'no object');
      if (document === 'own') return SecretDocument.fromText('secret own', 'x');
      throw new SecretFault('secrets/no-such-secret', 'there is no secret other');
    }, 'shared');
    const store = new SecretStore(provider, defaultTimeouts);
    expect((await store.read(wanted('own'), signal)).reveal()).toBe('x');
    const error: unknown = await store.read(wanted('other'), signal).catch((e: unknown) => e);
    // Whether the document holds the key cannot be known, so nothing may be forgiven.
    expect(error).toMatchObject({ code: 'secrets/unreadable', absent: false });
    expect((error as SecretFault).reason).toContain('there is no secret other');
  });

  it('says which document has no such field, and what the own secret of that name is like', async () => {
    const { provider } = providerOf(({ document }) => {
      if (document === 'shared') return SecretDocument.fromFields('secret shared', { other: 'x' });
      throw new SecretFault('secrets/no-such-secret', `there is no secret ${document}`);
    }, 'shared');
    const error: unknown = await new SecretStore(provider, defaultTimeouts)
      .read(wanted('jwt'), signal)
      .catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'secrets/no-such-secret',
      reason: 'secret shared has no field jwt; there is no secret jwt',
      absent: true,
    });
  });

  it('says of a shared document that is missing what its provider advises, and forgives nothing', async () => {
    const ask = async (hint: string | undefined) => {
      const { provider } = providerOf(() => {
        throw new SecretFault('secrets/no-such-secret', 'there is no shared', {
          ...(hint === undefined ? {} : { hint }),
        });
      }, 'shared');
      const error: unknown = await new SecretStore(provider, defaultTimeouts)
        .read(wanted('a'), signal)
        .catch((e: unknown) => e);
      return error as SecretFault;
    };
    const advised = await ask('Make it.');
    expect(advised).toMatchObject({ code: 'secrets/no-such-secret', absent: false, hint: 'Make it.' });
    expect(advised.reason).toContain('there is no shared, though the configuration names it');
    expect((await ask(undefined)).hint).toBeUndefined();
  });

  it('does not search on when the shared document cannot be had', async () => {
    const { provider, state } = providerOf(() => {
      throw new SecretFault('secrets/refused', 'no');
    }, 'shared');
    const store = new SecretStore(provider, defaultTimeouts);
    await expect(store.read(wanted('a'), signal)).rejects.toMatchObject({ code: 'secrets/refused' });
    expect(state.fetches).toBe(1);
  });
});
