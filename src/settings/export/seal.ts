import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { ToolError } from '../../errors/index.js';
import type { SecretValue } from '../../values/index.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals the secrets of one export: AES-256-GCM under a key derived (HKDF-SHA256) from the operator's key and the
 * document's salt, with the setting's key as additional data, so that no value can be moved to another key.
 */
export class ExportSealer {
  readonly #key: Buffer;

  /**
   * @param key 64 hexadecimal characters
   * @param salt of the document, in hexadecimal
   * @throws ToolError `settings/export-key` when the key is malformed
   */
  constructor(key: SecretValue, salt: string) {
    const text = key.reveal().trim();
    if (!/^[0-9a-fA-F]{64}$/.test(text)) {
      const message = `The key for the export is not 64 hexadecimal characters (it has ${text.length} characters)`;
      throw new ToolError('settings/export-key', message, {
        hint: 'Generate one with: openssl rand -hex 32',
      });
    }
    const secret = Buffer.from(text, 'hex');
    this.#key = Buffer.from(hkdfSync('sha256', secret, Buffer.from(salt, 'hex'), 'tmi-settings-export', 32));
  }

  /** @returns base64 of nonce, ciphertext and tag */
  seal(settingKey: string, text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce);
    cipher.setAAD(Buffer.from(settingKey, 'utf8'));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString('base64');
  }

  /** The text, or undefined when this is not its key, or when it was changed or moved. */
  open(settingKey: string, sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(settingKey, 'utf8'));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const plain = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
      return Buffer.concat(plain).toString('utf8');
    } catch {
      return undefined;
    }
  }
}
