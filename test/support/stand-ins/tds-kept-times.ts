import { TdsFault } from './tds-faults.js';
import type { Sent } from './tds-sent.js';

const FORM =
  /^(?:(\d{4})-(\d\d)-(\d\d))?(?:(^|[ T])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?)?(?: ?(Z|[+-]\d\d:\d\d))?$/;

/** A day in ticks of 100 nanoseconds. */
const DAY = 864_000_000_000n;
const SECOND = 10_000_000n;

interface Moment {
  /** Since the epoch, as the text says them, whatever its zone. */
  readonly ticks: bigint;
  /** Minutes ahead of UTC. */
  readonly zone: number;
  readonly digits: number;
  readonly separator: string;
  readonly hasZone: boolean;
}

const unreadable = (): TdsFault =>
  new TdsFault(241, 'Conversion failed when converting date and/or time from character string.');

function minutesOf(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  if (minutes > 14 * 60) throw unreadable();
  return zone.startsWith('-') ? -minutes : minutes;
}

/** A text without a day is one of 1900-01-01. */
function parse(text: string): Moment {
  const parts = FORM.exec(text.trim());
  if (!parts || text.trim() === '') throw unreadable();
  const [
    ,
    year = '1900',
    month = '01',
    day = '01',
    separator = '',
    hour = '00',
    minute = '00',
    second = '00',
  ] = parts as (string | undefined)[];
  const [fraction = '', zone] = [parts[8], parts[9]] as (string | undefined)[];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const time = Date.parse(`${iso}Z`);
  // The 30th of February would become the 2nd of March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(iso) || year === '0000')
    throw unreadable();
  return {
    ticks: (BigInt(time) / 1000n) * SECOND + BigInt(fraction.padEnd(7, '0')),
    zone: minutesOf(zone),
    digits: fraction.length,
    separator,
    hasZone: zone !== undefined,
  };
}

/** To the nearest multiple, halves up. */
function rounded(ticks: bigint, unit: bigint): bigint {
  const rest = ((ticks % unit) + unit) % unit;
  return ticks - rest + (2n * rest >= unit ? unit : 0n);
}

const dayOf = (text: string): bigint => (BigInt(Date.parse(`${text}T00:00:00Z`)) / 1000n) * SECOND;

function assertBetween(ticks: bigint, first: string, last: string, base: string): void {
  if (ticks >= dayOf(first) && ticks < dayOf(last) + DAY) return;
  throw new TdsFault(
    242,
    `The conversion of a nvarchar data type to a ${base} data type resulted in an out-of-range value.`,
  );
}

/** `2026-01-02 03:04:05.1234567` with so many digits. */
function written(ticks: bigint, digits: number): string {
  const within = ((ticks % SECOND) + SECOND) % SECOND;
  const whole = new Date(Number(((ticks - within) / SECOND) * 1000n)).toISOString().slice(0, 19);
  const fraction = String(within).padStart(7, '0').slice(0, digits);
  return whole.replace('T', ' ') + (digits === 0 ? '' : `.${fraction}`);
}

/** The older types, whose text means another day in another language unless a T stands in it. */
function olderMoment(text: string, base: string): string {
  const { ticks, digits, separator, hasZone } = parse(text);
  if (digits > 3 || hasZone) throw unreadable();
  if (separator !== 'T') throw new Error(`What ${text} is as a ${base} depends on the session's language.`);
  // Three hundredths of a second, shown as .000, .003 and .007.
  const within = ((ticks % SECOND) + SECOND) % SECOND;
  const parts = rounded(within * 3n, 100_000n) / 100_000n;
  const nearest = ticks - within + ((parts * 20n + 3n) / 6n) * 10_000n;
  if (base === 'datetime') {
    assertBetween(nearest, '1753-01-01', '9999-12-31', base);
    return written(nearest, 3);
  }
  const minute = rounded(nearest, 60n * SECOND);
  assertBetween(minute, '1900-01-01', '2079-06-06', base);
  return written(minute, 3);
}

/**
 * A moment in the words of style 121, under which it is read.
 * @throws TdsFault 241 for what is no moment, 242 for one that the type does not reach
 */
export function keptMoment(
  { value }: Sent,
  { base, scale }: { readonly base: string; readonly scale: number },
): string {
  const text = String(value);
  if (base === 'datetime' || base === 'smalldatetime') return olderMoment(text, base);
  const { ticks, zone } = parse(text);
  if (base === 'date') return written(ticks, 0).slice(0, 10);
  const unit = 10n ** BigInt(7 - scale);
  const nearest = rounded(ticks, unit);
  if (base === 'time') {
    if (rounded(ticks, DAY) !== ticks && nearest % DAY === 0n)
      throw new Error('What a time that is rounded to midnight becomes is not known.');
    return written(nearest, scale).slice(11);
  }
  assertBetween(nearest - BigInt(zone) * 60n * SECOND, '0001-01-01', '9999-12-31', base);
  const local = written(nearest, scale);
  if (base === 'datetime2') return local;
  const [hours, minutes] = [Math.floor(Math.abs(zone) / 60), Math.abs(zone) % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${local} ${zone < 0 ? '-' : '+'}${hours}:${minutes}`;
}
