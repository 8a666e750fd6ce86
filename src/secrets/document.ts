import { SecretValue } from '../values/secret-value.js';
import { SecretFault } from './fault.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a provider holds under one name: text, or named fields. Like `SecretValue` it cannot be printed, and
 * values leave it as `SecretValue` only.
 */
export class SecretDocument {
  readonly #name: string;
  readonly #text: string | undefined;
  #fields: Fields | undefined;

  private constructor(name: string, text: string | undefined, fields: Fields | undefined) {
    this.#name = name;
    this.#text = text;
    this.#fields = fields;
  }

  /** `name` is how messages call the document. */
  static fromText(name: string, text: string): SecretDocument {
    return new SecretDocument(name, text, undefined);
  }

  static fromFields(name: string, fields: Fields): SecretDocument {
    return new SecretDocument(name, undefined, fields);
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
   * One field. An exact name wins; otherwise letter case is ignored, since older examples wrote `JWT_SECRET`.
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

  /** A field that holds fields itself, as an object or as the text of one. */
  nested(name: string): SecretDocument {
    return SecretDocument.fromText(`${name} in ${this.#name}`, this.field(name).reveal());
  }

  /** The JSON text of all fields, with one of them set. A field that differs only in letter case is replaced. */
  withField(name: string, value: SecretValue): string {
    return JSON.stringify(this.fieldsWith(name, value));
  }

  /**
   * All fields, with one of them set.
   * @throws SecretFault `secrets/unreadable` when another field is a number that writing would change.
   */
  fieldsWith(name: string, value: SecretValue): Fields {
    const others = Object.entries(this.#readFields()).filter(([n]) => n.toLowerCase() !== name.toLowerCase());
    if (others.some(([, v]) => holdsInexactNumber(v))) {
      throw new SecretFault(
        'secrets/unreadable',
        `${this.#name} holds a number that would be written back as another`,
      );
    }
    return { ...Object.fromEntries(others), [name]: value.reveal() };
  }

  #valueOf(name: string, value: unknown): SecretValue {
    if (value === null || value === undefined) return new SecretValue('');
    if (typeof value === 'string') return new SecretValue(value);
    if (typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value))) {
      return new SecretValue(String(value));
    }
    if (typeof value === 'object') return new SecretValue(JSON.stringify(value));
    // 12345678901234567890 or 1.10 would come back as another text than was stored.
    throw new SecretFault(
      'secrets/unreadable',
      `field ${name} of ${this.#name} is a number that cannot be read exactly`,
      {
        hint: 'Store it as a JSON string.',
      },
    );
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

function holdsInexactNumber(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsInexactNumber);
}

function parseObject(name: string, text: string): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, so it goes no further.
    parsed = undefined;
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Fields;
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
