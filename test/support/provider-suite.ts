import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { ToolError } from '../../src/errors/index.js';
import {
  createSecrets,
  type ProviderName,
  type Secrets,
  type SecretResult,
  type SecretSource,
  type SecretTimeouts,
} from '../../src/secrets/index.js';
import type { Trouble } from './stand-ins/http-stand-in.js';
import { CANARY, type ProviderStandIn } from './stand-ins/provider-stand-in.js';
import { until } from './until.js';

/** What a provider can do. Each is stated for each provider, so that none is left untested by silence. */
export interface ProviderTraits {
  /** There is a service behind it that can be slow, cut off or refuse. */
  readonly remote: boolean;
  /** Keeps older versions of a secret. */
  readonly versions: boolean;
  /** Has a setting that names one document with many keys. */
  readonly shared: boolean;
  /** Content can be bytes that are no text. */
  readonly binary: boolean;
  /** Holds text, not only named fields. */
  readonly text: boolean;
  readonly writable: boolean;
  /** Refuses a secret that does not exist in the same words as one that may not be read. */
  readonly hidesAbsence: boolean;
  /** Gives out many secrets in one request. */
  readonly many: boolean;
}

export const providerTraits: Readonly<Record<ProviderName, ProviderTraits>> = {
  env: {
    remote: false,
    versions: false,
    shared: false,
    binary: false,
    text: true,
    writable: false,
    many: false,
    hidesAbsence: false,
  },
  aws: {
    remote: true,
    versions: true,
    shared: true,
    binary: true,
    text: true,
    writable: true,
    many: true,
    hidesAbsence: true,
  },
  azure: {
    remote: true,
    versions: true,
    shared: false,
    binary: false,
    text: true,
    writable: false,
    many: false,
    hidesAbsence: false,
  },
  gcp: {
    remote: true,
    versions: true,
    shared: true,
    binary: true,
    text: true,
    writable: false,
    many: false,
    hidesAbsence: true,
  },
  oci: {
    remote: true,
    versions: true,
    shared: true,
    binary: true,
    text: true,
    writable: false,
    many: false,
    hidesAbsence: true,
  },
  vault: {
    remote: true,
    versions: true,
    shared: true,
    binary: false,
    text: false,
    writable: true,
    many: false,
    hidesAbsence: false,
  },
};

/** Where the key of the settings belongs, without a shared document and with one that is called `tmi`. */
const homes: Readonly<Record<ProviderName, readonly [own: RegExp | undefined, shared: RegExp | undefined]>> =
  {
    env: [/^TMI_SECRET_SETTINGS_ENCRYPTION_KEY$/, undefined],
    aws: [
      /^the secret settings_encryption_key in AWS Secrets Manager in [a-z0-9-]+$/,
      /^settings_encryption_key in AWS Secrets Manager in [a-z0-9-]+ under tmi$/,
    ],
    azure: [/^the secret settings-encryption-key in Azure Key Vault \S+$/, undefined],
    gcp: [
      /^the secret settings_encryption_key in GCP Secret Manager, project \S+$/,
      /^settings_encryption_key in GCP Secret Manager, project \S+ under tmi$/,
    ],
    oci: [
      /^the secret settings_encryption_key in OCI Vault ocid1\S+$/,
      /^settings_encryption_key in OCI Vault ocid1\S+ under tmi$/,
    ],
    vault: [undefined, /^settings_encryption_key in HashiCorp Vault at http:\S+ under secret\/tmi$/],
  };

const quick: SecretTimeouts = {
  requestMs: 4_000,
  totalMs: 12_000,
  attempts: 3,
  backoffMs: 5,
  concurrency: 8,
};

export const sourceOf = (text: string, key = 'auth.jwt.secret'): SecretSource => ({
  key,
  text,
  origin: { file: 'tmi.yml', position: { line: 7, column: 5 } },
});

interface OpenOptions {
  readonly shared?: string;
  readonly environment?: Record<string, string>;
  readonly timeouts?: Partial<SecretTimeouts>;
  readonly signal?: AbortSignal;
  readonly settings?: Record<string, string>;
}

/** Opens the provider of a stand-in. Vendors' chains also read the process' environment, so it is set there too. */
export function openSecrets(standIn: ProviderStandIn, options: OpenOptions = {}): Promise<Secrets> {
  const environment = options.environment ?? standIn.environment();
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const settings = { ...standIn.settings(options.shared), ...options.settings };
  return createSecrets({
    secretsBlock: Object.fromEntries(
      Object.entries(settings).map(([name, text]) => [name, { key: `secrets.${name}`, text, origin: {} }]),
    ),
    environment,
    baseDirectory: '/',
    timeouts: { ...quick, ...options.timeouts },
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/** Nothing of the credentials or of a planted secret may be in anything that can be printed. */
export function expectNoLeak(subject: unknown, standIn: ProviderStandIn): void {
  const printed = [inspect(subject, { depth: 20, showHidden: true, getters: true }), JSON.stringify(subject)];
  if (subject instanceof Error) printed.push(String(subject.stack), subject.message, inspect(subject.cause));
  for (const text of printed) {
    for (const secret of [CANARY, ...standIn.credentials]) expect(text).not.toContain(secret);
  }
}

/** Runs the contract of providers against a stand-in. */
export function providerSuite(name: ProviderName, start: () => Promise<ProviderStandIn>): void {
  const traits = providerTraits[name];
  describe(`provider ${name}`, () => {
    let standIn: ProviderStandIn;
    let secrets: Secrets | undefined;
    let opened: string | undefined;

    const consoleMethods = ['log', 'info', 'warn', 'error', 'debug'] as const;
    let printed: MockInstance[] = [];

    beforeEach(async () => {
      printed = consoleMethods.map((method) => vi.spyOn(console, method).mockImplementation(() => undefined));
      standIn = await start();
    });
    afterEach(async () => {
      // Some clients print failures, with what the service said, before they throw them.
      for (const spy of printed) expect(spy).not.toHaveBeenCalled();
      vi.restoreAllMocks();
      await secrets?.close();
      secrets = undefined;
      opened = undefined;
      await standIn.close();
      vi.unstubAllEnvs();
    });

    /** HashiCorp Vault wants a mount in front of each path; the others take any name. */
    const at = (path: string) => (name === 'vault' ? `secret/${path}` : path);
    const put = (path: string, text: string) => {
      // Where only fields are kept, a text is the field `value`.
      standIn.shelf.put(standIn.nameOf(at(path)), traits.text ? text : JSON.stringify({ value: text }));
    };
    const putJson = (path: string, fields: object) => standIn.shelf.putJson(standIn.nameOf(at(path)), fields);

    const tryOne = async (text: string, options: OpenOptions = {}): Promise<SecretResult> => {
      // Opened once for a test and each set of options, since some clients take half a second to come up.
      const wanted = JSON.stringify(options);
      if (opened !== wanted) secrets = await openSecrets(standIn, options);
      opened = wanted;
      const [result] = (await secrets?.tryResolve([sourceOf(text)])) ?? [];
      if (!result) throw new Error('no result');
      expectNoLeak(result, standIn);
      return result;
    };
    const valueOf = async (text: string, options?: OpenOptions) => {
      const result = await tryOne(text, options);
      if (!('value' in result)) throw new Error(`not resolved: ${inspect(result)}`);
      return result.value.reveal();
    };
    const codeOf = async (text: string, options?: OpenOptions) => {
      const result = await tryOne(text, options);
      return result.state === 'failed' ? result.fault.code : result.state;
    };

    it('reads a secret', async () => {
      put('app-jwt', CANARY);
      expect(await valueOf(`vault://${at('app-jwt')}`)).toBe(CANARY);
    });

    it('keeps line ends, white space and characters beyond ASCII', async () => {
      const text = '-----BEGIN KEY-----\nAbC+/=\n-----END KEY-----\n\t"Schlüssel" 🔑 ';
      put('pem', text);
      expect(await valueOf(`vault://${at('pem')}`)).toBe(text);
    });

    it('says where a key belongs, and which variables are set and not read', async () => {
      const misplaced = { SETTINGS_ENCRYPTION_KEY: 'a', TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'b' };
      const environment = { ...standIn.environment(), ...misplaced };
      const ignored = Object.keys(misplaced).filter((n) => name !== 'env' || !n.startsWith('TMI_SECRET'));
      for (const [shared, place] of [undefined, 'tmi'].map((s, at) => [s, homes[name][at]] as const)) {
        if (!place) continue;
        const opened = await openSecrets(standIn, { environment, ...(shared ? { shared } : {}) });
        const home = await opened.homeOf('settings_encryption_key');
        await opened.close();
        expect(home.place).toMatch(place);
        expect([...home.ignored].sort()).toEqual(ignored);
      }
      const bare = await openSecrets(standIn);
      expect(await bare.homeOf('settings_encryption_previous_key')).toMatchObject({ ignored: [] });
      await bare.close();
    });

    it('reads a field, whatever its letter case', async () => {
      putJson('app', { JWT_SECRET: CANARY, other: 'x' });
      expect(await valueOf(`vault://${at('app')}#jwt_secret`)).toBe(CANARY);
    });

    it('prefers the field that is written exactly so', async () => {
      putJson('app', { KEY: 'upper', key: 'lower' });
      expect(await valueOf(`vault://${at('app')}#key`)).toBe('lower');
    });

    it('has a code for each thing that is missing', async () => {
      putJson('app', { present: CANARY, blank: '' });
      expect(await codeOf(`vault://${at('app')}#absent`)).toBe('secrets/no-such-field');
      expect(await codeOf(`vault://${at('app')}#blank`)).toBe('secrets/empty');
      expect(await codeOf(`vault://${at('nothing')}`)).toBe('secrets/no-such-secret');
      expect(await codeOf(`vault://${at('nothing')}?optional=true`)).toBe('absent');
      expect(await codeOf(`vault://${at('nothing')}?default=spare#x`)).toBe('default');
    });

    it('says so when a version is not there', async () => {
      put('app', CANARY);
      const version = traits.versions ? standIn.versionName(8) : '1';
      expect(await codeOf(`vault://${at('app')}?version=${version}`)).toBe('secrets/no-such-version');
      expect(await codeOf(`vault://${at('app')}?version=no-such-label`)).toBe('secrets/no-such-version');
    });

    it.runIf(traits.versions)(
      'reads an older version, and takes a missing secret for what it is',
      async () => {
        const stored = (text: string) => (traits.text ? text : JSON.stringify({ value: text }));
        standIn.shelf.put(standIn.nameOf(at('app')), stored('old'), stored('new'));
        expect(await valueOf(`vault://${at('app')}?version=${standIn.versionName(0)}`)).toBe('old');
        expect(await valueOf(`vault://${at('app')}`)).toBe('new');
        expect(await codeOf(`vault://${at('gone')}?version=${standIn.versionName(0)}`)).toBe(
          'secrets/no-such-secret',
        );
      },
    );

    it.runIf(traits.text)('refuses to look for a field in what is no object', async () => {
      const texts = [CANARY, `["${CANARY}"]`, `"${CANARY}"`, `{"broken": "${CANARY}`];
      texts.forEach((text, i) => put(`app${i}`, text));
      for (const i of texts.keys()) {
        expect(await codeOf(`vault://${at(`app${i}`)}#field`)).toBe('secrets/unreadable');
        expect(await codeOf(`vault://${at(`app${i}`)}?optional=true#field`)).toBe('secrets/unreadable');
      }
    });

    it.runIf(traits.binary)('refuses bytes that are no text', async () => {
      standIn.shelf.put(standIn.nameOf('app'), new Uint8Array([0xff, 0xfe, 0x00, 0x80]));
      expect(await codeOf('vault://app')).toBe('secrets/unreadable');
    });

    it('finds the well-known names, and tells absence from failure', async () => {
      const shared = traits.shared ? 'tmi' : undefined;
      const options = shared === undefined ? {} : { shared };
      if (shared === undefined) put('settings_encryption_key', CANARY);
      else putJson(shared, { settings_encryption_key: CANARY });
      secrets = await openSecrets(standIn, options);
      expect((await secrets.lookup('settings_encryption_key'))?.reveal()).toBe(CANARY);
      expect(await secrets.lookup('settings_encryption_previous_key')).toBeUndefined();
    });

    it('fetches five documents once each for a hundred references', async () => {
      for (let d = 0; d < 5; d += 1) {
        putJson(
          `doc${d}`,
          Object.fromEntries(Array.from({ length: 20 }, (_, f) => [`field${f}`, `${d}-${f}`])),
        );
      }
      const sources = Array.from({ length: 100 }, (_, i) =>
        sourceOf(`vault://${at(`doc${i % 5}`)}#field${Math.floor(i / 5)}`, `key${i}`),
      );
      secrets = await openSecrets(standIn);
      const values = await secrets.resolve(sources);
      expect(values.size).toBe(100);
      expect(values.get('key99')?.reveal()).toBe('4-19');
      expect(standIn.fetches()).toHaveLength(traits.remote ? (traits.many ? 1 : 5) : 0);
    });

    it('describes itself without credentials', async () => {
      secrets = await openSecrets(standIn);
      const description = await secrets.describeProvider();
      expect(description).not.toBe('');
      expectNoLeak(description, standIn);
      expectNoLeak(secrets, standIn);
    });

    describe.runIf(traits.shared)('with a shared document', () => {
      it('takes a path for its key, and for a secret of its own when there is no such key', async () => {
        putJson('tmi', { jwt_secret: 'from the document', redis: { password: 'inner' } });
        put('lone', 'on its own');
        expect(await valueOf('vault://JWT_SECRET', { shared: 'tmi' })).toBe('from the document');
        expect(await valueOf('vault://redis#password', { shared: 'tmi' })).toBe('inner');
        expect(await valueOf(`vault://${at('lone')}`, { shared: 'tmi' })).toBe('on its own');
        expect(await codeOf(`vault://${at('neither')}`, { shared: 'tmi' })).toBe('secrets/no-such-secret');
      });

      it('is an error when it is missing, even for what is optional', async () => {
        expect(await codeOf('vault://jwt_secret?optional=true', { shared: 'tmi' })).toBe(
          'secrets/no-such-secret',
        );
        secrets = await openSecrets(standIn, { shared: 'tmi' });
        await expect(secrets.lookup('settings_encryption_key')).rejects.toMatchObject({
          code: 'secrets/unresolved',
        });
      });

      it('counts a refused secret of its own as missing, but not a refused document', async () => {
        putJson('tmi', { other: 'x' });
        secrets = await openSecrets(standIn, { shared: 'tmi' });
        standIn.shelf.upset('refused', 1);
        await expect(secrets.lookup('settings_encryption_key')).rejects.toMatchObject({
          code: 'secrets/unresolved',
        });
        await secrets.resolve([sourceOf('vault://other')]);
        standIn.shelf.upset('refused');
        expect(await secrets.lookup('settings_encryption_key')).toBeUndefined();
        const [result] = await secrets.tryResolve([sourceOf(`vault://${at('lone')}`)]);
        // A path of Vault says where it lies, so a refusal there says nothing of a secret that is missing.
        const code = traits.hidesAbsence ? 'secrets/no-such-secret' : 'secrets/refused';
        expect(result).toMatchObject({ state: 'failed', fault: { code } });
      });
    });

    describe.runIf(traits.remote)('when the service is in trouble', () => {
      const meet = async (trouble: Trouble, times: number, timeouts: Partial<SecretTimeouts> = {}) => {
        put('app', CANARY);
        secrets = await openSecrets(standIn, { timeouts });
        // The first request finds credentials and the mount, so that the trouble meets a secret's own request.
        expect((await secrets.resolve([sourceOf(`vault://${at('app')}`)])).size).toBe(1);
        const before = standIn.fetches().length;
        put('next', CANARY);
        standIn.shelf.upset(trouble, times);
        const [result] = await secrets.tryResolve([sourceOf(`vault://${at('next')}`)]);
        expectNoLeak(result, standIn);
        const code = result?.state === 'failed' ? result.fault.code : result?.state;
        return { code, requests: standIn.fetches().length - before };
      };

      it.each(['throttled', 'broken', 'cut'] as const)(
        'tries again when it is %s for a moment',
        async (trouble) => {
          expect(await meet(trouble, 2)).toEqual({ code: 'resolved', requests: 3 });
        },
      );

      it.each(['throttled', 'broken', 'cut'] as const)(
        'gives up in the end when it stays %s',
        async (trouble) => {
          expect(await meet(trouble, Infinity)).toEqual({ code: 'secrets/unreachable', requests: 3 });
        },
      );

      it('does not wait for an answer that does not come', async () => {
        const outcome = await meet('slow', Infinity, { requestMs: 500, attempts: 2 });
        expect(outcome).toEqual({ code: 'secrets/unreachable', requests: 2 });
      });

      it('keeps the total deadline over all attempts', async () => {
        const outcome = await meet('slow', Infinity, { requestMs: 60_000, totalMs: 2_000 });
        expect(outcome).toMatchObject({ code: 'secrets/unreachable' });
      });

      it('does not take half an answer for an answer', async () => {
        expect((await meet('nonsense', Infinity)).code).toBe('secrets/unreachable');
      });

      it.each(['refused', 'unauthorized'] as const)('says that access is %s, at once', async (trouble) => {
        const { code, requests } = await meet(trouble, Infinity);
        expect(code).toBe('secrets/refused');
        // Some clients ask for a fresh token once before they give up.
        expect(requests).toBeLessThanOrEqual(2);
      });

      it('lists every failed reference in one error that leaks nothing', async () => {
        put('app', CANARY);
        secrets = await openSecrets(standIn);
        standIn.shelf.upset('refused');
        const sources = ['a', 'b', 'c'].map((key) => sourceOf(`vault://${at(key)}`, key));
        const error: unknown = await secrets.resolve(sources).catch((e: unknown) => e);
        expect(error).toBeInstanceOf(ToolError);
        expect(error).toMatchObject({ code: 'secrets/unresolved', exitCode: 5 });
        const { diagnostics } = error as ToolError;
        expect(diagnostics.map((d) => [d.key, d.file, d.position?.line])).toEqual(
          ['a', 'b', 'c'].map((key) => [key, 'tmi.yml', 7]),
        );
        expect(diagnostics.every((d) => d.message.includes(`vault://${at(d.key ?? '')}`))).toBe(true);
        expectNoLeak(error, standIn);
      });

      it('has no connection any more when it is closed', async () => {
        put('app', CANARY);
        secrets = await openSecrets(standIn);
        await secrets.resolve([sourceOf(`vault://${at('app')}`)]);
        const kept = standIn.http?.open() ?? 0;
        await secrets.close();
        // Sooner than the server closes one that nobody uses; one for an identity is the client's own.
        await expect.poll(() => standIn.http?.open(), { timeout: 2_000 }).toBeLessThan(kept);
      });

      it('says that nobody is there', async () => {
        await standIn.disconnect();
        expect(await codeOf(`vault://${at('app')}`)).toBe('secrets/unreachable');
      });

      it('can be cancelled', async () => {
        const controller = new AbortController();
        put('app', CANARY);
        secrets = await openSecrets(standIn, {
          signal: controller.signal,
          timeouts: { requestMs: 60_000, totalMs: 60_000 },
        });
        standIn.shelf.upset('slow');
        const before = standIn.fetches().length;
        const resolving = secrets.resolve([sourceOf(`vault://${at('app')}`)]);
        const interrupted = expect(resolving).rejects.toMatchObject({ code: 'internal/interrupted' });
        await until(() => standIn.fetches().length > before);
        controller.abort();
        await interrupted;
      });
    });

    describe.runIf(traits.writable)('writing', () => {
      it('stores a value that can be read back under the reference it gives', async () => {
        secrets = await openSecrets(standIn);
        const { SecretValue } = await import('../../src/values/secret-value.js');
        const reference = await secrets.write(at('new'), new SecretValue(CANARY));
        expect((await secrets.resolve([sourceOf(reference)])).get('auth.jwt.secret')?.reveal()).toBe(CANARY);
      });

      it('keeps the other keys of a shared document, and replaces its own', async () => {
        putJson('tmi', { other: 'kept', JWT: 'old' });
        secrets = await openSecrets(standIn, { shared: 'tmi' });
        const { SecretValue } = await import('../../src/values/secret-value.js');
        const reference = await secrets.write('jwt', new SecretValue(CANARY));
        const values = await secrets.resolve([sourceOf(reference, 'a'), sourceOf('vault://other', 'b')]);
        expect([...values.values()].map((v) => v.reveal())).toEqual([CANARY, 'kept']);
      });
    });

    it.runIf(!traits.writable)('says that it cannot be written', async () => {
      secrets = await openSecrets(standIn);
      const { SecretValue } = await import('../../src/values/secret-value.js');
      await expect(secrets.write('x', new SecretValue('y'))).rejects.toMatchObject({
        code: 'secrets/not-writable',
      });
    });
  });
}
