import { ToolError } from '../errors/index.js';
import type { SecretValue } from '../values/index.js';

/** How a backup is encrypted: for keys of age, or with one passphrase. */
export type Encryption =
  | { readonly recipients: readonly string[] }
  /** Trimmed of the line feed that files end with. */
  | { readonly passphrase: string };

/** What may open an encrypted backup. */
export interface BackupKeys {
  /** Secret keys of age, `AGE-SECRET-KEY-1…`. */
  readonly identities?: readonly string[];
  readonly passphrase?: string;
  /** 32 bytes, for files of version 1. */
  readonly key?: Buffer;
  /** The key of one file, as its writer knows it. */
  readonly fileKey?: Uint8Array;
  /** A file that is not encrypted is taken although there are keys: anybody could have put it there. */
  readonly acceptUnencrypted?: boolean;
}

const bech32 = '[02-9ac-hj-np-z]';
const x25519Recipient = new RegExp(`^age1${bech32}{58}$`);
const x25519Identity = new RegExp(`^AGE-SECRET-KEY-1${bech32}{58}$`, 'i');

function refused(message: string, hint: string): ToolError {
  return new ToolError('backup/recipient', message, { hint });
}

/** The lines that say something: not empty, no comment. */
function meaningfulLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/**
 * Public keys, as `age-keygen` prints them, without those that come twice.
 * @param where an option or a file, for messages
 * @throws ToolError `backup/recipient`
 */
export async function parseRecipients(text: string, where: string): Promise<readonly string[]> {
  const recipients = [...new Set(meaningfulLines(text))];
  if (recipients.length === 0) {
    throw refused(`${where} names no recipient`, 'Write one public key (age1…) into each line.');
  }
  const { Encrypter } = await import('age-encryption');
  for (const [index, recipient] of recipients.entries()) {
    const which = recipients.length > 1 ? `${where}, recipient ${index + 1}` : where;
    // Nothing of what was given is shown: somebody may have taken the secret key for the public one.
    if (/^AGE-SECRET-KEY-/i.test(recipient)) {
      throw refused(`${which} is a secret key`, 'Give the public key: age-keygen -y FILE prints it.');
    }
    if (!x25519Recipient.test(recipient)) {
      throw refused(
        `${which} is no X25519 recipient of age`,
        'A recipient begins with age1 and has 62 characters, as age-keygen prints it. Other kinds (ssh, plugins, post-quantum) are not taken.',
      );
    }
    try {
      new Encrypter().addRecipient(recipient);
    } catch {
      throw refused(`${which} is misspelt: its checksum is another`, 'Copy it again, whole.');
    }
  }
  return recipients;
}

/**
 * Secret keys of age, from what `age-keygen` writes: comments and a line for each.
 * @param where an option, for messages; nothing of the secret is in them
 * @throws ToolError `backup/key`
 */
export async function parseIdentities(secret: SecretValue, where: string): Promise<readonly string[]> {
  const text = secret.reveal();
  const wrong = (message: string, hint: string): ToolError =>
    new ToolError('backup/key', `${where} ${message}`, { hint });
  if (/BEGIN AGE ENCRYPTED FILE|^age-encryption\.org\//.test(text)) {
    throw wrong(
      'is itself encrypted with a passphrase',
      'Decrypt it first (age -d identity.age), or keep it in a store and name it there: vault://PATH.',
    );
  }
  const identities = meaningfulLines(text);
  if (identities.length === 0) throw wrong('holds no identity', 'Make one with: age-keygen');
  const { Decrypter } = await import('age-encryption');
  for (const identity of identities) {
    if (!x25519Identity.test(identity)) {
      throw wrong(
        'is no X25519 identity of age',
        'An identity begins with AGE-SECRET-KEY-1, as age-keygen writes it. Other kinds (ssh, plugins, post-quantum) are not taken.',
      );
    }
    try {
      new Decrypter().addIdentity(identity);
    } catch {
      throw wrong('is misspelt: its checksum is another', 'Copy it again, whole.');
    }
  }
  return identities;
}

/**
 * A passphrase, without the line feed that files end with.
 * @throws ToolError `backup/key`
 */
export function parsePassphrase(secret: SecretValue, where: string): string {
  const text = secret.reveal().replace(/\r?\n$/, '');
  if (text !== '') return text;
  throw new ToolError('backup/key', `${where} is empty`, { hint: 'Name a secret that holds a passphrase.' });
}
