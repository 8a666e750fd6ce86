/**
 * Points in time as engines write them: date, time, up to nine digits of a second, perhaps a zone. A name of a zone is
 * read where Go writes one, behind an offset of four digits, which says what it means. Any other word changes the
 * meaning (`BC`) or has more than one (`CST`).
 */
const pattern =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?:(:\d{2})(?:\.(\d{1,9}))?)?(?:\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?(?::\d{2})?)| ([+-]\d{4}) (?:[A-Z][A-Za-z]{2,5}|[+-]\d{2}(?:\d{2})?)(?: m=\S+)?)?$/;

/** Milliseconds since the epoch, for whole numbers as Go's SQLite driver reads them: large ones are milliseconds. */
function fromNumber(value: number): string | undefined {
  const date = new Date(Math.abs(value) > 1e12 ? value : value * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Milliseconds that a zone is ahead of UTC; undefined where no zone is. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z' || zone === 'UTC') return 0;
  const [, sign, ...parts] = /^([+-])(\d{2}):?(\d{2})?:?(\d{2})?$/.exec(zone) ?? [];
  const [hours = 0, minutes = 0, seconds = 0] = parts.map((part: string | undefined) => Number(part ?? 0));
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds) * 1000;
}

/** The same time in UTC, without digits of a second; undefined for a day or an hour that no calendar or clock has. */
function inUtc(date: string, time: string, zone: string | undefined): string | undefined {
  const offset = offsetOf(zone);
  const parsed = new Date(`${date}T${time}Z`);
  // The 30th of February would become the 2nd of March.
  if (offset === undefined || Number.isNaN(parsed.getTime())) return undefined;
  if (!parsed.toISOString().startsWith(`${date}T${time}`)) return undefined;
  const whole = new Date(parsed.getTime() - offset).toISOString().slice(0, -5);
  // Years outside of 0000 to 9999 have a sign and six digits, which engines do not read.
  return /^\d{4}-/.test(whole) ? whole : undefined;
}

/** A time in UTC that needs no calendar to be sure of: every month has these days. */
const plain =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]))[T ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?(?:Z|\+00(?::?00)?)?$/;

/** Digits of a second: at least three, and no zeros behind them. */
function fractionText(digits: string): string {
  let end = digits.length;
  while (end > 3 && digits.endsWith('0', end)) end -= 1;
  return digits.slice(0, end).padEnd(3, '0');
}

/**
 * A point in time as ISO text in UTC, keeping every digit of the second and at least three; undefined for what
 * cannot be read, and for what ISO text of the years 0000 to 9999 cannot say (`BC`, `infinity`). A time without a zone
 * is UTC.
 */
export function isoInstant(value: unknown): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return undefined;
  // Most values of a table are of this form, and a Date takes ten times as long.
  const quick = plain.exec(value);
  if (quick) return `${quick[1] ?? ''}T${quick[2] ?? ''}.${fractionText(quick[3] ?? '')}Z`;
  const [, date, time, seconds = ':00', fraction = '', zone, goZone] = pattern.exec(value.trim()) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const whole = inUtc(date, time + seconds, zone ?? goZone);
  return whole === undefined ? undefined : `${whole}.${fractionText(fraction)}Z`;
}

/**
 * The parts that a dialect writes a point in time with, in UTC.
 * @throws TypeError when the text is no time
 */
export function instantParts(instant: Date | string): { date: string; time: string; fraction: string } {
  const iso = isoInstant(instant);
  const [, date, time, fraction] = /^(.+)T(.+)\.(\d+)Z$/.exec(iso ?? '') ?? [];
  if (date === undefined || time === undefined || fraction === undefined) {
    throw new TypeError('Not a point in time.');
  }
  return { date, time, fraction };
}
