import { createHash } from 'node:crypto';

/** Every secret that a test plants begins so; the rest says where it was planted. */
export const CANARY = 'CANARY-';

/** A unique secret for a place, long enough to pass for a real one. */
export function canary(place: string): string {
  return `${CANARY}${place}-${createHash('sha256').update(place).digest('hex').slice(0, 24)}`;
}

/** The text in base64 wherever it begins within a longer one: what is left when the uncertain ends are cut off. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.from('\0'.repeat(shift) + text)
      .toString('base64')
      .replaceAll('=', '');
    return encoded.slice(shift === 0 ? 0 : shift + 1, -1);
  });
}

function formsOf(secret: string): string[] {
  return [
    secret,
    secret.toUpperCase(),
    secret.toLowerCase(),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
    ...base64Forms(secret),
  ];
}

/** Finds secrets in a text, as they are or encoded, and names them with what stands around. */
export class Finder {
  readonly #forms: readonly string[];

  /** @param others secrets that are no canaries, such as keys, which must be hexadecimal */
  constructor(others: readonly string[] = []) {
    this.#forms = [CANARY, ...others].flatMap(formsOf);
  }

  find(text: string): string[] {
    return this.#forms.flatMap((form) => {
      const at = text.indexOf(form);
      return at < 0 ? [] : [text.slice(Math.max(0, at - 60), at + form.length + 40)];
    });
  }
}
