import { createHmac, hkdfSync } from 'node:crypto';
import { ToolError, type Diagnostic } from '../errors/index.js';
import type { SecretValue } from '../values/secret-value.js';
import type { EncryptionKeyHome } from '../secrets/index.js';
import { otherKeyHint, variablesHome } from './key-words.js';
import { decryptEnvelope, encryptValue, momentOf, parseEnvelope } from './encryption.js';

/** What the secrets provider holds about the keys. Undefined means not configured. */
export interface CipherKeys {
  /** `settings_encryption_key`: 64 hexadecimal characters. */
  readonly current?: SecretValue | undefined;
  /** `settings_encryption_previous_key`, in use while keys are rotated. */
  readonly previous?: SecretValue | undefined;
  /** `settings_encryption_context_id`: a whole number above 0; 1 when it is not configured. */
  readonly contextId?: SecretValue | undefined;
  /** Where they are kept, for messages. Default: the variables of the env provider. */
  readonly home?: EncryptionKeyHome;
}

/** A value out of the database, and what it was encrypted with. */
export interface OpenedValue {
  readonly text: string;
  readonly sealedWith: 'nothing' | 'current' | 'previous';
}

const names = {
  current: 'settings_encryption_key',
  previous: 'settings_encryption_previous_key',
  contextId: 'settings_encryption_context_id',
} as const;

function problem(name: keyof typeof names, message: string, hint: string): Diagnostic {
  return { code: 'settings/encryption-key-invalid', severity: 'error', key: names[name], message, hint };
}

function parseKey(
  name: 'current' | 'previous',
  value: SecretValue | undefined,
  problems: Diagnostic[],
): Buffer | undefined {
  if (!value) return undefined;
  const text = value.reveal().trim();
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  const message = `${names[name]} is not 64 hexadecimal characters (it has ${text.length} characters)`;
  problems.push(problem(name, message, 'Generate one with: openssl rand -hex 32'));
  return undefined;
}

function parseContextId(value: SecretValue | undefined, problems: Diagnostic[]): number {
  if (!value) return 1;
  const text = value.reveal().trim();
  const id = Number(text);
  if (/^\d+$/.test(text) && id > 0 && Number.isSafeInteger(id)) return id;
  problems.push(
    problem('contextId', `${names.contextId} is not a whole number above 0`, 'Leave it out to use 1.'),
  );
  return 1;
}

/** Encrypts with the current key; decrypts with the current key, then with the previous one. */
export class SettingsCipher {
  readonly #current: Buffer | undefined;
  readonly #previous: Buffer | undefined;
  /** Written into every new envelope. */
  readonly contextId: number;
  /** Where the keys are kept, for messages about those that are missing. */
  readonly home: EncryptionKeyHome;

  private constructor(
    current: Buffer | undefined,
    previous: Buffer | undefined,
    contextId: number,
    home: EncryptionKeyHome,
  ) {
    this.#current = current;
    this.#previous = previous;
    this.contextId = contextId;
    this.home = home;
  }

  /**
   * Without any key the cipher leaves values plain, and says so by `canEncrypt`.
   * @throws ToolError `settings/encryption-key-invalid` with a diagnostic for every malformed part: a key that is
   * configured wrongly never leads to plain text
   */
  static from(keys: CipherKeys): SettingsCipher {
    const problems: Diagnostic[] = [];
    const { home = variablesHome } = keys;
    const current = parseKey('current', keys.current, problems);
    const previous = parseKey('previous', keys.previous, problems);
    const contextId = parseContextId(keys.contextId, problems);
    if (keys.previous && !keys.current) {
      const message = `${names.previous} is configured, and ${names.current} is not`;
      problems.push(problem('current', message, `Put the current key into ${home.current.place} as well.`));
    }
    if (problems.length === 0) return new SettingsCipher(current, previous, contextId, home);
    const summary = problems.map((p) => p.message).join('; ');
    throw new ToolError('settings/encryption-key-invalid', `The settings cannot be encrypted: ${summary}`, {
      diagnostics: problems,
    });
  }

  /** False when no key is configured: values are then stored as plain text. */
  get canEncrypt(): boolean {
    return this.#current !== undefined;
  }

  /**
   * What to store for a text: an envelope when a key is configured, else the text itself.
   * @throws ToolError `settings/value-too-long`
   */
  seal(text: string, now: Date): string {
    return this.#current ? encryptValue(text, this.#current, this.contextId, now) : text;
  }

  /**
   * Digests of a text under the keys at hand, the current key's first: equal texts have equal ones, and without the
   * key nobody can try texts out. Empty without a key.
   * @param salt sets the digests of one document apart from those of any other
   */
  fingerprints(settingKey: string, text: string, salt: Buffer): string[] {
    const keys = [this.#current, this.#previous].filter((key) => key !== undefined);
    return keys.map((key) => {
      const derived = Buffer.from(hkdfSync('sha256', key, salt, 'tmi-settings-fingerprint', 32));
      return createHmac('sha256', derived)
        .update(JSON.stringify([settingKey, text]))
        .digest('hex');
    });
  }

  /**
   * The text behind a stored value.
   * @param settingKey the setting's key, for the error
   * @throws ToolError `settings/cannot-decrypt`, saying which key is wanted
   */
  open(stored: string, settingKey: string): OpenedValue {
    const envelope = parseEnvelope(stored, settingKey);
    if (!envelope) return { text: stored, sealedWith: 'nothing' };
    const byCurrent = this.#current && decryptEnvelope(envelope, this.#current);
    if (byCurrent !== undefined) return { text: byCurrent, sealedWith: 'current' };
    const byPrevious = this.#previous && decryptEnvelope(envelope, this.#previous);
    if (byPrevious !== undefined) return { text: byPrevious, sealedWith: 'previous' };
    const tried = this.#current ? 'the configured keys do not fit' : `no ${names.current} is configured`;
    const wanted = `the key of context ${envelope.contextId} that was in use at ${momentOf(envelope)}`;
    throw new ToolError(
      'settings/cannot-decrypt',
      `The value of ${settingKey} cannot be decrypted: it wants ${wanted}, and ${tried}`,
      { hint: otherKeyHint(this.home) },
    );
  }
}
