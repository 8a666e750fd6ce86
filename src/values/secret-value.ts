import { inspect } from 'node:util';

/** What is shown wherever a secret would stand. */
export const SECRET_MASK = '********';

/**
 * A secret on its way through the tool. Printing, interpolating, serialising and inspecting it give a mask;
 * `reveal()` is the one way out, so that every place that lets a secret go can be found by its name.
 */
export class SecretValue {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself. Call it only where the value is handed to a driver, a cipher or the file it came from. */
  reveal(): string {
    return this.#value;
  }

  /** True when there is no secret: the text is empty. */
  get isEmpty(): boolean {
    return this.#value === '';
  }

  toString(): string {
    return SECRET_MASK;
  }

  toJSON(): string {
    return SECRET_MASK;
  }

  [Symbol.toPrimitive](): string {
    return SECRET_MASK;
  }

  [inspect.custom](): string {
    return `SecretValue(${SECRET_MASK})`;
  }
}
