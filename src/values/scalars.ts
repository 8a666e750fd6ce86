/** What Go's `strconv.ParseBool`, and so the server, takes as a truth value. */
const truthValues: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
]);

/** Reads a truth value from the server's list; anything else, `yes` and `on` included, is undefined. */
export function parseBool(text: string): boolean | undefined {
  return truthValues.get(text);
}

export function formatBool(value: boolean): string {
  return value ? 'true' : 'false';
}

const smallestInteger = -(2n ** 63n);
const largestInteger = 2n ** 63n - 1n;

/**
 * Reads a decimal integer with an optional sign, as the server does.
 * @returns canonical text without a plus sign or leading zeros, or undefined when the text is no integer or does
 * not fit into 64 bits.
 */
export function parseInteger(text: string): string | undefined {
  if (!/^[-+]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return value >= smallestInteger && value <= largestInteger ? value.toString() : undefined;
}

/** Moves the decimal point of JavaScript's shortest form so that no exponent is left: `1e-7` to `0.0000001`. */
function withoutExponent(shortest: string): string {
  const [, sign = '', int = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(shortest) ?? [];
  if (exponent === undefined) return shortest;
  const point = int.length + Number(exponent);
  const digits = int + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const padded = digits.padEnd(point, '0');
  return sign + padded.slice(0, point) + (padded.length > point ? `.${padded.slice(point)}` : '');
}

/** The shortest decimal text that reads back as the same number, without an exponent. Minus zero is zero. */
export function formatFloat64(value: number): string {
  return withoutExponent((value === 0 ? 0 : value).toString());
}

/**
 * Reads a decimal number, with an exponent or without. Underscores between digits are passed over, as Go does.
 * @returns the shortest decimal text without exponent (`1`, `0.25`, `0.0000001`), or undefined when the text is no
 * number, is not finite, or is too large for a double.
 */
export function parseFloat64(text: string): string | undefined {
  const plain = text.replace(/(?<=\d)_(?=\d)/g, '');
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? formatFloat64(value) : undefined;
}
