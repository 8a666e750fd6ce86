/** A point in time, or a part of one, as T-SQL's types have it: days from 0001-01-01 and nanoseconds of the day. */
export interface TdsTime {
  readonly days: number;
  readonly nanoseconds: number;
  /** Minutes before UTC. */
  readonly offset: number;
}

const FIRST = Date.UTC(2001, 0, 1) / 86_400_000 - 730_485;

export const daysOf = (year: number, month: number, day: number): number => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 86_400_000 - FIRST;
};

/** Reads ISO 8601 with a blank or a T; a date alone is its midnight, a time alone is of the first day of 1900. */
export function readTime(text: string): TdsTime | undefined {
  const [, date, clock = '00:00:00', fraction = '', zone] =
    /^(?:(\d{4}-\d\d-\d\d)(?:[T ]|$))?(?:(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?)? ?(Z|[+-]\d\d:\d\d)?$/.exec(
      text,
    ) ?? [];
  if (date === undefined && !/^\d\d:/.test(text)) return undefined;
  const [year = 1900, month = 1, day = 1] = date?.split('-').map(Number) ?? [];
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  const [, sign, zoneHours, zoneMinutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone ?? '') ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0));
  return {
    days: daysOf(year, month, day),
    nanoseconds: ((hours * 60 + minutes) * 60 + seconds) * 1e9 + Number(fraction.padEnd(9, '0')),
    offset,
  };
}

const DAY = 86_400 * 1e9;

function normal({ days, nanoseconds, offset }: TdsTime): TdsTime {
  const whole = Math.floor(nanoseconds / DAY);
  return { days: days + whole, nanoseconds: nanoseconds - whole * DAY, offset };
}

/** The same with so many digits of a second, halves up. */
export function roundedTo(time: TdsTime, digits: number): TdsTime {
  const unit = 10 ** (9 - digits);
  return normal({ ...time, nanoseconds: Math.round(time.nanoseconds / unit) * unit });
}

export const withOffset = (time: TdsTime, offset: number): TdsTime =>
  normal({ ...time, nanoseconds: time.nanoseconds + (offset - time.offset) * 60 * 1e9, offset });

export function datePart(part: string, { nanoseconds }: TdsTime): number {
  const seconds = Math.floor(nanoseconds / 1e9);
  const parts: Readonly<Record<string, number>> = {
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    nanosecond: nanoseconds % 1e9,
  };
  const found = parts[part];
  if (found === undefined) throw new Error(`The stand-in knows no part of a time called ${part}.`);
  return found;
}
