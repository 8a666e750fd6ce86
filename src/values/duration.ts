/** Nanoseconds in each unit that Go's `time.ParseDuration` knows. Both code points for micro are in use. */
const nanosecondsPer: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const unit = '(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h)';
const whole = new RegExp(`^[-+]?(?:(?:\\d+\\.?\\d*|\\.\\d+)${unit})+$`);
const part = new RegExp(`(\\d*)(?:\\.(\\d*))?(${unit})`, 'g');

/** Go holds a duration in a signed 64-bit integer. */
const largest = 2n ** 63n - 1n;

/**
 * The fraction's share of a unit in nanoseconds, cut off, never rounded. Go reads as many digits as fit into an
 * int64 and multiplies in floating point; doing the same keeps values equal to the last nanosecond.
 */
function fractionOf(digits: string, perUnit: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (value > largest / 10n) break;
    const next = value * 10n + BigInt(digit);
    if (next > largest + 1n) break;
    value = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (Number(perUnit) / scale)));
}

/**
 * Reads a duration as Go's `time.ParseDuration` does: `30s`, `1h15m30.918s`, `-1.5h`, `0`.
 * @returns nanoseconds, or undefined when the text is no duration or does not fit into 64 bits.
 */
export function parseDuration(text: string): bigint | undefined {
  if (/^[-+]?0$/.test(text)) return 0n;
  if (!whole.test(text)) return undefined;
  let magnitude = 0n;
  for (const [, digits = '', fraction = '', name = ''] of text.matchAll(part)) {
    const perUnit = nanosecondsPer[name] ?? 0n;
    magnitude += BigInt(digits || '0') * perUnit + fractionOf(fraction, perUnit);
  }
  if (text.startsWith('-')) return magnitude <= largest + 1n ? -magnitude : undefined;
  return magnitude <= largest ? magnitude : undefined;
}

/** `value / 10^places` without trailing zeros: 1500 and 3 give `1.5`. */
function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction && `.${fraction}`);
}

/**
 * Writes nanoseconds as Go's `Duration.String` does: `1h0m0s`, `2m0s`, `1.5s`, `500ms`, `1µs`, `0s`.
 * Below a second the largest unit that leaves a whole part is used; from a second on always down to seconds.
 */
export function formatDuration(nanoseconds: bigint): string {
  const sign = nanoseconds < 0n ? '-' : '';
  const magnitude = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (magnitude === 0n) return '0s';
  if (magnitude < 1_000n) return `${sign}${magnitude.toString()}ns`;
  if (magnitude < 1_000_000n) return `${sign}${decimal(magnitude, 3)}\u00b5s`;
  if (magnitude < 1_000_000_000n) return `${sign}${decimal(magnitude, 6)}ms`;
  const minutes = magnitude / 60_000_000_000n;
  const seconds = `${decimal(magnitude % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  if (hours === 0n) return `${sign}${minutes.toString()}m${seconds}`;
  return `${sign}${hours.toString()}h${(minutes % 60n).toString()}m${seconds}`;
}
