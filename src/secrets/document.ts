import { SecretValue } from '../values/secret-value.js';
import { isRecord, numberText, parseExact, stringifyExact } from './exact-json.js';
import { SecretFault } from './fault.js';

/** Named values, with an `ExactNumber` where JavaScript would write a number in another way. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * What a provider holds under one name: text, or named fields. Like `SecretValue` it cannot be printed, and
 * values leave it as `SecretValue` only.
 */
export class SecretDocument {
  readonly #name: string;
  readonly #text: string | undefined;
  readonly #rounded: boolean;
  #fields: Fields | undefined;

  private constructor(name: string, text: string | undefined, fields: Fields | undefined, rounded = false) {
    this.#name = name;
    this.#text = text;
    this.#fields = fields;
    this.#rounded = rounded;
  }

  /** `name` is how messages call the document. */
  static fromText(name: string, text: string): SecretDocument {
    return new SecretDocument(name, text, undefined);
  }

  /**
   * @param rounded true when the store itself rounds numbers before it answers, so that what it sends may be another
   *   number than was stored
   */
  static fromFields(name: string, fields: Fields, rounded = false): SecretDocument {
    return new SecretDocument(name, undefined, fields, rounded);
  }

  /** @throws SecretFault `secrets/unreadable` when the bytes are not UTF-8. */
  static fromBytes(name: string, bytes: Uint8Array): SecretDocument {
    return new SecretDocument(name, decodeUtf8(name, bytes), undefined);
  }

  /**
   * The whole secret. Named fields have no text of their own: a single one, or one called `value`, stands for it.
   * @throws SecretFault `secrets/no-such-field` when there are several fields to choose from.
   */
  whole(): SecretValue {
    if (this.#text !== undefined) return new SecretValue(this.#text);
    const names = Object.keys(this.#fields ?? {});
    const name = names.includes('value') ? 'value' : names.length === 1 ? names[0] : undefined;
    if (name !== undefined) return this.field(name);
    const found = names.length === 0 ? 'no fields' : `${names.length} fields`;
    throw new SecretFault(
      'secrets/no-such-field',
      `${this.#name} holds ${found} and the reference names none`,
      {
        hint: 'Name the field after a #, as in vault://PATH#FIELD.',
      },
    );
  }

  /**
   * One field, a number as it was served. An exact name wins; otherwise letter case is ignored, since older examples
   * wrote `JWT_SECRET`.
   * @throws SecretFault `secrets/no-such-field`, or `secrets/unreadable` when the text is no JSON object.
   */
  field(name: string): SecretValue {
    const fields = this.#readFields();
    const exact = Object.hasOwn(fields, name);
    const matches = exact
      ? [name]
      : Object.keys(fields).filter((n) => n.toLowerCase() === name.toLowerCase());
    const [match, ...others] = matches;
    if (match === undefined)
      throw new SecretFault('secrets/no-such-field', `${this.#name} has no field ${name}`);
    if (others.length > 0) {
      const reason = `${this.#name} has ${matches.length} fields that differ from ${name} only in letter case`;
      throw new SecretFault('secrets/no-such-field', reason, {
        hint: 'Write the field exactly as it is stored.',
        forgivable: false,
      });
    }
    return this.#valueOf(match, fields[match]);
  }

  /** True when there is such a field. @throws SecretFault `secrets/unreadable` when there can be none. */
  has(name: string): boolean {
    return matchingNames(this.#readFields(), name).length > 0;
  }

  /** A field, or undefined when there is none. @throws SecretFault `secrets/unreadable` */
  valueIfAny(name: string): SecretValue | undefined {
    return this.has(name) ? this.field(name) : undefined;
  }

  /** A field that holds fields itself, as an object or as the text of one. */
  nested(name: string): SecretDocument {
    return SecretDocument.fromText(`${name} in ${this.#name}`, this.field(name).reveal());
  }

  /** The JSON text of all fields, with one of them set. A field that differs only in letter case is replaced. */
  withField(name: string, value: SecretValue): string {
    return stringifyExact(this.fieldsWith(name, value));
  }

  /**
   * All fields, with one of them set; numbers as they were served.
   * @throws SecretFault `secrets/unreadable` when another field is a number that the store rounded.
   */
  fieldsWith(name: string, value: SecretValue): Fields {
    const others = Object.entries(this.#readFields()).filter(([n]) => n.toLowerCase() !== name.toLowerCase());
    if (this.#rounded && others.some(([, v]) => holdsNumber(v, isRounded))) {
      throw new SecretFault(
        'secrets/unreadable',
        `${this.#name} holds a number that the store rounds, so it would be written back as another`,
        { hint: 'Store it as a JSON string first.' },
      );
    }
    return { ...Object.fromEntries(others), [name]: value.reveal() };
  }

  #valueOf(name: string, value: unknown): SecretValue {
    if (value === null || value === undefined) return new SecretValue('');
    if (typeof value === 'string') return new SecretValue(value);
    if (typeof value === 'boolean') return new SecretValue(String(value));
    if (this.#rounded && holdsNumber(value, isRewritten)) {
      const what = numberText(value) === undefined ? 'holds a number' : 'is a number';
      throw new SecretFault(
        'secrets/unreadable',
        `field ${name} of ${this.#name} ${what} that the store rounds before it answers`,
        { hint: 'Store it as a JSON string.' },
      );
    }
    return new SecretValue(numberText(value) ?? stringifyExact(value));
  }

  #readFields(): Fields {
    if (this.#text?.trim() === '') throw new SecretFault('secrets/empty', `${this.#name} is empty`);
    this.#fields ??= parseObject(this.#name, this.#text ?? '');
    return this.#fields;
  }
}

function matchingNames(fields: Fields, name: string): string[] {
  if (Object.hasOwn(fields, name)) return [name];
  return Object.keys(fields).filter((n) => n.toLowerCase() === name.toLowerCase());
}

function holdsNumber(value: unknown, isSuch: (number: string) => boolean): boolean {
  const number = numberText(value);
  if (number !== undefined) return isSuch(number);
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some((part) => holdsNumber(part, isSuch))
  );
}

/** A store that rounds keeps the text of such whole numbers; of all others nobody knows how they were written. */
function isRewritten(number: string): boolean {
  return !Number.isSafeInteger(Number(number));
}

/** More digits than a store that rounds keeps: the number that was stored may be another one. */
function isRounded(number: string): boolean {
  const digits = number
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+/, '');
  return digits.length > 15 && isRewritten(number);
}

function parseObject(name: string, text: string): Fields {
  let parsed: unknown;
  try {
    parsed = parseExact(text);
  } catch {
    // The parser's message quotes the text, so it goes no further.
    parsed = undefined;
  }
  if (isRecord(parsed)) return parsed;
  throw new SecretFault('secrets/unreadable', `${name} is not a JSON object, so it has no fields`);
}

/** @throws SecretFault `secrets/unreadable` when the bytes are not UTF-8. */
export function decodeUtf8(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SecretFault('secrets/unreadable', `${name} is binary and cannot be used as text`);
  }
}
