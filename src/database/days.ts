import { COLON, isDigit, MINUS, ZERO } from './line-bytes.js';

/** Bytes of a day, as all engines write it. */
const LENGTH = 10;
/** Of a time of day in whole seconds. */
const TIME_LENGTH = 8;

/** The number that two digits make. */
export const pair = (bytes: Buffer, at: number): number =>
  ((bytes[at] as number) - ZERO) * 10 + ((bytes[at + 1] as number) - ZERO);

/** Days that a month has in every year. */
const daysIn = (month: number): number =>
  month === 2 ? 28 : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;

const isBetween = (number: number, least: number, most: number): boolean => number >= least && number <= most;

/** True for the digits and colons of a time of day in whole seconds, whether or not a clock shows it. */
export function isTimeOfDay(bytes: Buffer, start: number): boolean {
  for (let at = 0; at < TIME_LENGTH; at += 1) {
    if (at === 2 || at === 5 ? bytes[start + at] !== COLON : !isDigit(bytes[start + at])) return false;
  }
  return true;
}

/** True for ten bytes that are a day of the calendar, from the year 1 on: others are looked at by their values. */
export function isDay(bytes: Buffer, start: number): boolean {
  for (let at = 0; at < LENGTH; at += 1) {
    if (at === 4 || at === 7 ? bytes[start + at] !== MINUS : !isDigit(bytes[start + at])) return false;
  }
  const month = pair(bytes, start + 5);
  const year = pair(bytes, start) * 100 + pair(bytes, start + 2);
  return year > 0 && isBetween(month, 1, 12) && isBetween(pair(bytes, start + 8), 1, daysIn(month));
}
