import { describe, expect, it } from 'vitest';
import { adaptRows } from '../../src/backup/adapt.js';
import type { TablePair } from '../../src/backup/fit.js';
import type { ColumnFacts, PortableValue } from '../../src/database/index.js';

/** A table `events` whose one column is called `at`, with these facts. */
const pairOf = (facts: Partial<ColumnFacts>): TablePair => {
  const target = { name: 'at', kind: 'timestamp', type: 't', nullable: true, ...facts } as ColumnFacts;
  const backup = { name: 'at', kind: target.kind, type: 't', nullable: true };
  return { backup: {}, target: { name: 'events' }, columns: [{ backup, target }] } as unknown as TablePair;
};

const adapted = (
  facts: Partial<ColumnFacts>,
  value: PortableValue,
  { cutTimes = true, emptyStringIsNull = false } = {},
): PortableValue | undefined =>
  adaptRows(pairOf(facts), { emptyStringIsNull }, { cutTimes })([[value]])[0]?.[0];

const milliseconds = { fractionDigits: 3 };
const thirds = { fractionDigits: 3, timeSteps: 'thirds' } as const;
const minutes = { fractionDigits: 0, timeSteps: 'minutes' } as const;
const seconds = { fractionDigits: 0 };
const ofDay = { kind: 'time' } as const;

describe('times for a column that keeps fewer digits', () => {
  it.each([
    ['three digits', milliseconds, '2026-01-02T03:04:05.123456Z', '2026-01-02T03:04:05.123Z'],
    ['no zeros at the end', milliseconds, '2026-01-02T03:04:05.120999Z', '2026-01-02T03:04:05.12Z'],
    ['whole seconds of what is left', milliseconds, '2026-01-02T03:04:05.000999Z', '2026-01-02T03:04:05Z'],
    ['no digit', seconds, '2026-01-02T03:04:59.999Z', '2026-01-02T03:04:59Z'],
    ['no second', minutes, '2026-01-02T03:04:59.999Z', '2026-01-02T03:04:00Z'],
    ['no whole second', minutes, '2026-01-02T03:04:59.000Z', '2026-01-02T03:04:00Z'],
    ['thirds: 0', thirds, '2026-01-02T03:04:05.122Z', '2026-01-02T03:04:05.12Z'],
    ['thirds: 3', thirds, '2026-01-02T03:04:05.126Z', '2026-01-02T03:04:05.123Z'],
    ['thirds: 7', thirds, '2026-01-02T03:04:05.129999Z', '2026-01-02T03:04:05.127Z'],
    ['UTC', milliseconds, '2026-01-02 05:04:05.1234+02:00', '2026-01-02T03:04:05.123Z'],
    ['texts in a tag', milliseconds, { text: '2026-01-02T03:04:05.1239Z' }, '2026-01-02T03:04:05.123Z'],
    ['times of a day', { ...milliseconds, ...ofDay }, '03:04:05.123456', '03:04:05.123'],
    ['times of a day alone', { ...seconds, ...ofDay }, '03:04:05.5', '03:04:05'],
  ] as const)('are cut down where that is asked for: %s', (_, facts, value, kept) => {
    expect(adapted(facts, value)).toBe(kept);
    expect(() => adapted(facts, value, { cutTimes: false })).toThrow(
      expect.objectContaining({
        code: 'backup/not-fitting',
        hint: 'Widen the column, or accept the loss of the further digits with --cut-times.',
      }),
    );
  });

  it.each([
    ['as many digits', milliseconds, '2026-01-02T03:04:05.123Z'],
    ['zeros behind them', milliseconds, '2026-01-02T03:04:05.123000Z'],
    ['fewer digits', milliseconds, '2026-01-02T03:04:05.1Z'],
    ['zeros alone', seconds, '2026-01-02T03:04:05.000Z'],
    ['thirds as they are', thirds, '2026-01-02T03:04:05.127Z'],
    ['thirds with fewer digits', thirds, '2026-01-02T03:04:05.120Z'],
    ['a whole minute', minutes, '2026-01-02T03:04:00.000Z'],
    ['a column for nine digits', { fractionDigits: 9 }, '2026-01-02T03:04:05.123456789Z'],
    ['a column without a limit', {}, '2026-01-02T03:04:05.123456789Z'],
    ['a time of a day', { ...milliseconds, ...ofDay }, '03:04:05'],
    ['no time', milliseconds, 'infinity'],
    ['a number', milliseconds, 5],
    ['a number in a tag', milliseconds, { integer: '5' }],
    ['nothing', milliseconds, null],
    ['an empty text', milliseconds, ''],
  ] as const)('stay what they are: %s', (_, facts, value) => {
    expect(adapted(facts, value, { cutTimes: false })).toEqual(value);
    expect(adapted(facts, value)).toEqual(value);
  });

  it.each([
    [milliseconds, '3 digits of a second, and the backup has more'],
    [thirds, '3 digits of a second, of which the last is 0, 3 or 7, and the backup has others'],
    [minutes, 'whole minutes, and the backup has seconds'],
  ])('are refused with what the column keeps: %j', (facts, words) => {
    expect(() => adapted(facts, '2026-01-02T03:04:05.123456Z', { cutTimes: false })).toThrow(
      `The column events.at keeps ${words}`,
    );
  });
});

describe('an empty text where it is NULL', () => {
  const elsewhere = { emptyStringIsNull: true };

  it.each([{ kind: 'text' } as const, milliseconds])('is NULL: %j', (facts) => {
    expect(adapted(facts, '', elsewhere)).toBeNull();
  });

  it('is refused by a column that refuses NULL', () => {
    expect(() => adapted({ kind: 'text', nullable: false }, '', elsewhere)).toThrow(
      expect.objectContaining({
        code: 'backup/not-fitting',
        message:
          'The backup has an empty text for events.at, which is NULL in this database, and the column refuses NULL',
        hint: 'Let the column take NULL, or give those rows a text where the backup was made.',
      }),
    );
  });

  it('leaves everything else as it is, and cuts times all the same', () => {
    expect(adapted({ kind: 'text', nullable: false }, ' ', elsewhere)).toBe(' ');
    expect(adapted({ kind: 'text' }, null, elsewhere)).toBeNull();
    expect(adapted(seconds, '2026-01-02T03:04:59.999Z', elsewhere)).toBe('2026-01-02T03:04:59Z');
  });
});

it('hands rows on as they are where nothing is to be done', () => {
  const rows = [['2026-01-02T03:04:05.123456Z']];
  expect(adaptRows(pairOf({}), { emptyStringIsNull: false }, { cutTimes: false })(rows)).toBe(rows);
});
