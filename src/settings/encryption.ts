import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ToolError } from '../errors/index.js';
import { ENVELOPE_PREFIX } from '../values/index.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The server refuses to read longer envelopes. */
const MAX_ENVELOPE_LENGTH = 4000;

/** `ENC:v1:<context>:<unix seconds>:<base64(nonce, ciphertext, tag)>`, taken apart. */
export interface Envelope {
  /** Names the key generation; any key that decrypts is taken, whatever it says. */
  readonly contextId: number;
  readonly encryptedAt: Date;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/** True for a stored value that is an envelope; every other value is plain text. */
export function isEncrypted(stored: string): boolean {
  return stored.startsWith(ENVELOPE_PREFIX);
}

/** The envelope in a stored value, or undefined for plain text and for an envelope that is damaged. */
export function readEnvelope(stored: string): Envelope | undefined {
  const [, context, seconds, encoded = ''] = /^ENC:v1:(\d+):(\d+):([A-Za-z0-9+/]+={0,2})$/.exec(stored) ?? [];
  const sealed = Buffer.from(encoded, 'base64');
  if (sealed.length < NONCE_BYTES + TAG_BYTES || sealed.toString('base64') !== encoded) return undefined;
  return {
    contextId: Number(context),
    encryptedAt: new Date(Number(seconds) * 1000),
    nonce: sealed.subarray(0, NONCE_BYTES),
    ciphertext: sealed.subarray(NONCE_BYTES, -TAG_BYTES),
    tag: sealed.subarray(-TAG_BYTES),
  };
}

/** When an envelope was made, for people. The number in it is somebody else's and may be no time at all. */
export function momentOf({ encryptedAt }: Pick<Envelope, 'encryptedAt'>): string {
  return Number.isNaN(encryptedAt.getTime()) ? 'an unknown time' : encryptedAt.toISOString();
}

/**
 * The envelope in a stored value, or undefined for plain text.
 * @param settingKey the setting's key, for the error
 * @throws ToolError `settings/cannot-decrypt` when it is damaged
 */
export function parseEnvelope(stored: string, settingKey: string): Envelope | undefined {
  if (!isEncrypted(stored)) return undefined;
  const envelope = readEnvelope(stored);
  if (envelope) return envelope;
  throw new ToolError(
    'settings/cannot-decrypt',
    `The encrypted value of ${settingKey} is damaged: it is cut short or was edited`,
    { hint: 'Set the setting again.' },
  );
}

/** How many nonces are made at once: to ask for random bytes takes longer than to encrypt a value. */
const NONCES = 128;
let nonces = Buffer.alloc(0);

function freshNonce(): Buffer {
  if (nonces.length === 0) nonces = randomBytes(NONCES * NONCE_BYTES);
  const nonce = nonces.subarray(0, NONCE_BYTES);
  nonces = nonces.subarray(NONCE_BYTES);
  return nonce;
}

/**
 * Seals a text: AES-256-GCM with a fresh nonce and no additional data.
 * @param key 32 bytes
 * @throws ToolError `settings/value-too-long` when the server would refuse the envelope
 */
export function encryptValue(plain: string, key: Buffer, contextId: number, now: Date): string {
  const nonce = freshNonce();
  const cipher = createCipheriv(ALGORITHM, key, nonce);
  const ciphertext = cipher.update(plain, 'utf8');
  cipher.final(); // gives no bytes: the mode is one of streams
  const sealed = Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]);
  const seconds = Math.floor(now.getTime() / 1000);
  const envelope = `${ENVELOPE_PREFIX}${contextId}:${seconds}:${sealed.toString('base64')}`;
  if (envelope.length <= MAX_ENVELOPE_LENGTH) return envelope;
  throw new ToolError(
    'settings/value-too-long',
    `A value has ${envelope.length} characters once encrypted, and the server reads at most ${MAX_ENVELOPE_LENGTH}`,
    { hint: 'Shorten the value to fewer than 2,900 bytes.' },
  );
}

/** The text in an envelope, or undefined when this is not its key. */
export function decryptEnvelope(envelope: Envelope, key: Buffer): string | undefined {
  const decipher = createDecipheriv(ALGORITHM, key, envelope.nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(envelope.tag);
  try {
    const plain = decipher.update(envelope.ciphertext);
    decipher.final(); // gives no bytes, and throws where the tag is another one
    return plain.toString('utf8');
  } catch {
    return undefined;
  }
}
