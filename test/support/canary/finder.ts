import { createHash } from 'node:crypto';

/** Every secret that a test plants begins so; the rest says where it was planted. */
export const CANARY = 'CANARY-';

/** A unique secret for a place, long enough to pass for a real one. */
export function canary(place: string): string {
  return `${CANARY}${place}-${createHash('sha256').update(place).digest('hex').slice(0, 24)}`;
}

/** Bytes in base64 wherever they begin within longer ones: what is left when the uncertain ends are cut off. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const certain = encoded.slice(shift === 0 ? 0 : shift + 1, -1);
    return [certain, certain.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

const hexForms = (bytes: Buffer): string[] => [bytes.toString('hex'), bytes.toString('hex').toUpperCase()];

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const percent = [...bytes].map((byte) => `%${byte.toString(16)}`).join('');
  return [
    secret,
    secret.toUpperCase(),
    secret.toLowerCase(),
    encodeURIComponent(secret),
    percent,
    percent.toUpperCase(),
    JSON.stringify(secret).slice(1, -1),
    ...hexForms(bytes),
    ...base64Forms(bytes),
  ];
}

/** What a key that is written in hexadecimal digits is to a program. */
function formsOfKey(key: string): string[] {
  const bytes = Buffer.from(key, 'hex');
  // Hexadecimal digits are the key's own form.
  return [...base64Forms(bytes), bytes.toString('latin1'), JSON.stringify([...bytes]).slice(1, -1)];
}

/** Finds secrets in a text, as they are or encoded, and names them with what stands around. */
export class Finder {
  readonly #forms: readonly string[];

  /**
   * @param others secrets that are no canaries
   * @param keys secrets that are bytes in hexadecimal digits
   */
  constructor(others: readonly string[] = [], keys: readonly string[] = []) {
    const forms = [...[CANARY, ...others, ...keys].flatMap(formsOf), ...keys.flatMap(formsOfKey)];
    this.#forms = [...new Set(forms)];
  }

  find(text: string): string[] {
    return this.#forms.flatMap((form) => {
      const at = text.indexOf(form);
      return at < 0 ? [] : [text.slice(Math.max(0, at - 60), at + form.length + 40)];
    });
  }
}
