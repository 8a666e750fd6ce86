import { parseDuration } from '../values/duration.js';
import type { SettingType } from '../values/types.js';
import type { Limits } from './types.js';

/** Minus one, zero or one, as `a` is below, equal to or above `b`; undefined when `a` is no value of the type. */
function compare(type: SettingType, a: string, b: number | string): number | undefined {
  if (type === 'duration') {
    const [left, right] = [parseDuration(a), parseDuration(String(b))];
    return left === undefined || right === undefined
      ? undefined
      : Number(left > right) - Number(left < right);
  }
  if (type === 'float') return Math.sign(Number(a) - Number(b));
  // Whole numbers, and the ports that files hold as text. BigInt, since the database holds 64 bits.
  if (!/^-?\d+$/.test(a)) return undefined;
  const [left, right] = [BigInt(a), BigInt(b)];
  return Number(left > right) - Number(left < right);
}

function describe(type: SettingType, { min, max, minExclusive }: Limits): string {
  const noun = type === 'duration' ? 'a duration' : type === 'float' ? 'a number' : 'a whole number';
  const bounds = [
    min === undefined ? '' : minExclusive ? ` above ${min}` : ` of at least ${min}`,
    max === undefined ? '' : ` of at most ${max}`,
  ].filter((bound) => bound !== '');
  return min !== undefined && max !== undefined && !minExclusive
    ? `${noun} from ${min} to ${max}`
    : noun + bounds.join(' and');
}

/**
 * Checks a value in normal form against a setting's limits. The empty text passes: whether a value must be there
 * at all is another question.
 * @returns undefined when the value is within the limits, else a phrase to follow the word "expected".
 */
export function checkLimits(
  type: SettingType,
  text: string,
  limits: Limits | undefined,
): { readonly expected: string } | undefined {
  if (limits === undefined || text === '') return undefined;
  if (limits.enum) {
    return limits.enum.includes(text) ? undefined : { expected: `one of ${limits.enum.join(', ')}` };
  }
  const toMin = limits.min === undefined ? 1 : compare(type, text, limits.min);
  const toMax = limits.max === undefined ? -1 : compare(type, text, limits.max);
  const within =
    toMin !== undefined &&
    toMax !== undefined &&
    toMax <= 0 &&
    (limits.minExclusive ? toMin > 0 : toMin >= 0);
  return within ? undefined : { expected: describe(type, limits) };
}
