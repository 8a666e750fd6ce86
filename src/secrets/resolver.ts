import { ToolError } from '../errors/index.js';
import { SecretValue } from '../values/secret-value.js';
import { defaultTimeouts, raceAbort, seconds, withAttempts, type SecretTimeouts } from './attempts.js';
import { malformedFault, SecretFault } from './fault.js';
import { readRegularFile, readSecretFile, readVariable, type Environment, type ReadFile } from './local.js';
import { ProviderSettings } from './provider-settings.js';
import { allowsPlainHttp } from './http/address.js';
import { secretHome, type SecretHome } from './key-home.js';
import type { ProviderName, SecretProvider, SecretWriter, WriteTarget } from './providers/contract.js';
import { createProvider, isProviderName, providerNames } from './providers/index.js';
import { parseReference, type Reference } from '../config/reference.js';
import { resolveSecretsBlock } from './secrets-block.js';
import { faultDiagnostic, type SecretResult, type SecretSource } from './source.js';
import { SecretStore } from './store.js';

export interface SecretsInput {
  /** The `secrets` block by the last part of each path: `provider`, `vault_address` and so on. */
  readonly secretsBlock: Readonly<Record<string, SecretSource>>;
  readonly environment: Environment;
  /** Where a relative `file://` path starts: the working directory. */
  readonly baseDirectory: string;
  readonly readFile?: ReadFile;
  /**
   * Requests to stores may go over plain http beyond this machine, where others read them; so may they when the
   * environment's `TMI_DBTOOL_ALLOW_PLAIN_HTTP` says so.
   */
  readonly allowPlainHttp?: boolean;
  /** A store that was silent for all the time that secrets have is not asked again. For one run, not for a server. */
  readonly givesUpOnSilence?: boolean;
  /** Cancels everything; pending calls then reject with `internal/interrupted`. */
  readonly signal?: AbortSignal;
  readonly timeouts?: Partial<SecretTimeouts>;
}

/** The second and third phase: a provider that is built on first use, and references resolved through it. */
export interface Secrets {
  readonly provider: ProviderName;
  /** Where `vault://` leads, printable. @throws ToolError when the provider cannot be built. */
  describeProvider(): Promise<string>;
  /**
   * Values by key. Inline values pass unchanged; a key is missing only when its reference says `optional=true`.
   * @throws ToolError `secrets/unresolved` with a diagnostic for each reference that failed.
   */
  resolve(sources: readonly SecretSource[]): Promise<Map<string, SecretValue>>;
  /** What became of each source, in their order. Rejects only when it was cancelled. */
  tryResolve(sources: readonly SecretSource[]): Promise<SecretResult[]>;
  /**
   * A well-known name of the provider, such as `settings_encryption_key`; undefined when there is none.
   * @throws ToolError `secrets/unresolved` when the provider could not say.
   */
  lookup(name: string): Promise<SecretValue | undefined>;
  /** Where the provider keeps a well-known name. @throws ToolError when the provider cannot be built. */
  homeOf(name: string): Promise<SecretHome>;
  /** True when `write` works. @throws ToolError when the provider cannot be built. */
  canWrite(): Promise<boolean>;
  /**
   * Where a path would be written and what is to be known about that; nothing is written.
   * @throws ToolError `secrets/not-writable` for a provider that the tool cannot write.
   */
  writeTarget(path: string): Promise<WriteTarget>;
  /**
   * Stores a value under a path of the provider. Resolves with the reference that gives it from now on.
   * @param options `replace`: another value that stands there may be replaced, which it may by default
   * @throws ToolError `secrets/not-writable` for a provider that the tool cannot write; `secrets/refused` for another
   *   value that may not be replaced.
   */
  write(path: string, value: SecretValue, options?: { readonly replace: boolean }): Promise<string>;
  /** Gives back what a login got, and frees connections. */
  close(): Promise<void>;
}

/**
 * Phase 1 resolves the `secrets` block, with `env://` and `file://` only, and phase 2 prepares the provider.
 * @throws ToolError `secrets/vault-in-secrets-block`, `secrets/unresolved` or `secrets/provider-not-configured`.
 */
export async function createSecrets(input: SecretsInput): Promise<Secrets> {
  const readFile = input.readFile ?? readRegularFile;
  const timeouts = { ...defaultTimeouts, ...input.timeouts };
  const settings = new ProviderSettings(
    await resolveSecretsBlock(input.secretsBlock, (reference) => readLocal(reference, input, readFile)),
  );
  const provider = settings.get('provider') ?? 'env';
  if (!isProviderName(provider)) {
    throw new ToolError('secrets/provider-not-configured', 'secrets.provider names no provider', {
      hint: `Use one of ${providerNames.join(', ')}.`,
    });
  }
  return new ProviderSecrets(provider, { ...input, readFile, timeouts }, settings);
}

type FullInput = SecretsInput & { readonly readFile: ReadFile; readonly timeouts: SecretTimeouts };

async function readLocal(
  reference: Exclude<Reference, { kind: 'vault' }>,
  input: SecretsInput,
  readFile: ReadFile,
): Promise<SecretValue> {
  const value =
    reference.kind === 'env'
      ? readVariable(reference, input.environment)
      : await readSecretFile(reference, input.baseDirectory, readFile);
  return requireContent(value);
}

interface Built {
  readonly provider: SecretProvider;
  readonly store: SecretStore;
}

class ProviderSecrets implements Secrets {
  readonly #input: FullInput;
  readonly #settings: ProviderSettings;
  #built: Promise<Built> | undefined;
  /** What came of a store that was silent for all the time that secrets have. */
  #silence: SecretFault | undefined;

  constructor(
    readonly provider: ProviderName,
    input: FullInput,
    settings: ProviderSettings,
  ) {
    this.#input = input;
    this.#settings = settings;
  }

  async describeProvider(): Promise<string> {
    return (await this.#provider()).describe();
  }

  async homeOf(name: string): Promise<SecretHome> {
    return secretHome(await this.#provider(), name, this.#input.environment);
  }

  async canWrite(): Promise<boolean> {
    return (await this.#provider()).writer !== undefined;
  }

  async #provider(): Promise<SecretProvider> {
    try {
      return (await this.#withDeadline((signal) => this.#build(signal))).provider;
    } catch (error) {
      throw error instanceof SecretFault ? toToolError(error) : error;
    }
  }

  async resolve(sources: readonly SecretSource[]): Promise<Map<string, SecretValue>> {
    const results = await this.tryResolve(sources);
    const failed = results.flatMap((r) => (r.state === 'failed' ? [faultDiagnostic(r.source, r.fault)] : []));
    if (failed.length > 0) {
      const what = failed.length === 1 ? 'a secret' : `${failed.length} secrets`;
      throw new ToolError('secrets/unresolved', `${what} could not be resolved`, { diagnostics: failed });
    }
    return new Map(results.flatMap((r) => ('value' in r ? [[r.source.key, r.value] as const] : [])));
  }

  tryResolve(sources: readonly SecretSource[]): Promise<SecretResult[]> {
    return this.#withDeadline((signal) => Promise.all(sources.map((source) => this.#tryOne(source, signal))));
  }

  lookup(name: string): Promise<SecretValue | undefined> {
    return this.#withDeadline(async (signal) => {
      try {
        const { store } = await this.#build(signal);
        const value = await store.read({ path: name, field: undefined, version: undefined }, signal);
        return value.isEmpty ? undefined : value;
      } catch (error) {
        if (!(error instanceof SecretFault)) throw error;
        // That its current version is deleted or without a value does not mean that nobody configured it.
        if (error.absent && error.code !== 'secrets/no-such-version' && error.code !== 'secrets/empty') {
          return undefined;
        }
        const source = { key: name, text: `vault://${name}`, origin: {} };
        throw new ToolError(
          'secrets/unresolved',
          `whether there is a secret ${name} could not be found out`,
          {
            diagnostics: [faultDiagnostic(source, error)],
          },
        );
      }
    });
  }

  writeTarget(path: string): Promise<WriteTarget> {
    return this.#withWriter((writer, signal) => writer.target(path, signal));
  }

  write(path: string, value: SecretValue, { replace } = { replace: true }): Promise<string> {
    return this.#withWriter((writer, signal) => writer.write({ path, value, replace }, signal));
  }

  #withWriter<T>(run: (writer: SecretWriter, signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#withDeadline(async (signal) => {
      try {
        const { provider, store } = await this.#build(signal);
        const { writer } = provider;
        if (!writer) {
          throw new ToolError('secrets/not-writable', `the tool does not write to ${provider.describe()}`);
        }
        const attempt = (own: AbortSignal) => run(writer, own);
        return await withAttempts(attempt, this.#input.timeouts, signal).finally(() => store.forget());
      } catch (error) {
        throw error instanceof SecretFault ? toToolError(error) : error;
      }
    });
  }

  async close(): Promise<void> {
    const built = this.#built;
    this.#built = undefined;
    await (await built?.catch(() => undefined))?.provider.close?.();
  }

  async #tryOne(source: SecretSource, signal: AbortSignal): Promise<SecretResult> {
    const reference = parseReference(source.text);
    try {
      if (reference?.kind === 'malformed') throw malformedFault(reference);
      const value = await this.#read(reference, source, signal);
      return { source, state: reference ? 'resolved' : 'inline', value };
    } catch (error) {
      if (!(error instanceof SecretFault)) throw error;
      if (reference?.kind === 'vault' && error.absent) {
        if (reference.fallback) return { source, state: 'default', value: reference.fallback };
        if (reference.optional) return { source, state: 'absent' };
      }
      return { source, state: 'failed', fault: error };
    }
  }

  async #read(
    reference: Reference | undefined,
    source: SecretSource,
    signal: AbortSignal,
  ): Promise<SecretValue> {
    if (!reference) return new SecretValue(source.text);
    if (reference.kind !== 'vault') {
      return raceAbort(readLocal(reference, this.#input, this.#input.readFile), signal);
    }
    if (this.#silence) throw this.#silence;
    const { store } = await this.#build(signal);
    return requireContent(await store.read(reference, signal));
  }

  #build(signal: AbortSignal): Promise<Built> {
    const { environment, readFile, timeouts } = this.#input;
    const allowPlainHttp = this.#input.allowPlainHttp === true || allowsPlainHttp(environment);
    const input = { settings: this.#settings, environment, readFile, allowPlainHttp };
    this.#built ??= createProvider(this.provider, input).then((provider) => ({
      provider,
      store: new SecretStore(provider, timeouts),
    }));
    return raceAbort(this.#built, signal);
  }

  /** Runs with a signal that ends with the caller's, or when the total time is over. */
  async #withDeadline<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal: outer, timeouts } = this.#input;
    const deadline = new AbortController();
    const over = new SecretFault(
      'secrets/unreachable',
      `no answer within the ${seconds(timeouts.totalMs)} that all secrets have`,
    );
    const timer = setTimeout(() => {
      if (this.#input.givesUpOnSilence === true) this.#silence = over;
      deadline.abort(over);
    }, timeouts.totalMs);
    try {
      throwIfCancelled(outer);
      const signal = outer ? AbortSignal.any([outer, deadline.signal]) : deadline.signal;
      const result = await run(signal);
      throwIfCancelled(outer);
      return result;
    } catch (error) {
      throwIfCancelled(outer);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

function requireContent(value: SecretValue): SecretValue {
  if (value.reveal().trim() !== '') return value;
  throw new SecretFault('secrets/empty', 'the secret is empty');
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ToolError('internal/interrupted', 'interrupted while secrets were resolved');
}

function toToolError(fault: SecretFault): ToolError {
  return new ToolError(fault.code, fault.reason, fault.hint === undefined ? {} : { hint: fault.hint });
}
