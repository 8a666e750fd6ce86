import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  isReceipt,
  isUntouched,
  receiptText,
  traceOf,
  type Receipt,
} from '../../src/legacy/receipt-format.js';
import type { StoredRow } from '../../src/settings/row.js';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A receipt with everything that one may hold. */
const whole = {
  format: 'tmi-dbtool import receipt',
  version: 1,
  status: 'complete',
  tool: 'tmi-dbtool 1.0.0',
  environment: { from: 'process', name: null, variables: 3 },
  createdAt: '2026-11-21T07:45:00.000Z',
  server: { model: '1.8', reason: 'go-server' },
  database: 'sqlite:///srv/tmi.db',
  file: {
    path: '/srv/config.yml',
    sha256Before: 'a',
    sha256After: 'b',
    backup: '/srv/config.yml.bak',
    output: { path: '/srv/new.yml', sha256: 'c' },
  },
  changes: [
    {
      key: 'operator.name',
      before: {
        stored: 'x',
        sealed: false,
        unreadable: true,
        type: 'string',
        description: 'who',
        modifiedAt: '2025-03-01T10:20:30.125Z',
        modifiedAtText: '2025-03-01',
        modifiedBy: 'somebody',
        origin: 'explicit',
      },
      after: { modifiedAt: '2026-11-21T07:45:00.000Z', origin: 'explicit', sha256: 'd' },
    },
  ],
  earlier: ['/srv/earlier.receipt.json'],
  id: '20261121-074500-0a1b',
  place: '/srv/config.yml.receipt.json',
  relies: ['operator.contact'],
};

type Place = readonly (string | number)[];

/** The receipt with another value at one place; `undefined` takes the field out, as JSON does. */
function having(place: Place, value: unknown): unknown {
  const copy: unknown = structuredClone(whole);
  let holder = copy as Record<string | number, unknown>;
  for (const name of place.slice(0, -1)) holder = holder[name] as Record<string | number, unknown>;
  holder[place.at(-1) as string] = value;
  return JSON.parse(JSON.stringify(copy));
}

const before = (name: string): Place => ['changes', 0, 'before', name];
const after = (name: string): Place => ['changes', 0, 'after', name];

/** Which wrong values each field must not have; `undefined` where the field has to be there. */
const refused: readonly (readonly [place: Place, ...values: unknown[]])[] = [
  [['format'], undefined, 'receipt', null],
  [['version'], undefined, 2, '1'],
  [['status'], undefined, 'done', null],
  [['database'], undefined, null, 1],
  [['file'], undefined, 'x', []],
  [['file', 'path'], undefined, null, 1],
  [['file', 'sha256Before'], undefined, null, 1],
  [['file', 'sha256After'], undefined, 1],
  [['file', 'backup'], undefined, 1],
  [['file', 'output'], null, 'x'],
  [['file', 'output', 'path'], undefined, null, 1],
  [['file', 'output', 'sha256'], undefined, null, 1],
  [['changes'], undefined, null, {}, [null], ['x']],
  [['changes', 0, 'key'], undefined, null, 1],
  [['changes', 0, 'before'], undefined, 'x', 1],
  [before('stored'), undefined, null, 1],
  [before('sealed'), undefined, null, 'false'],
  [before('unreadable'), null, 'true'],
  [before('type'), undefined, null, 1],
  [before('description'), undefined, 1],
  [before('modifiedAt'), undefined, 1],
  [before('modifiedAtText'), null, 1],
  [before('modifiedBy'), undefined, 1],
  [before('origin'), undefined, 1],
  [['changes', 0, 'after'], undefined, 'x', 1],
  [after('modifiedAt'), undefined, null, 1],
  [after('origin'), undefined, 1],
  [after('sha256'), undefined, 1],
  [['earlier'], null, 'x', [1], ['x', null]],
  [['relies'], null, 'x', [1], ['x', null]],
  [['id'], null, 1],
  [['place'], null, 1],
];

const allowed: readonly (readonly [place: Place, ...values: unknown[]])[] = [
  [['status'], 'pending', 'complete', 'undoing', 'undone'],
  [['file'], null],
  [['file', 'sha256After'], null],
  [['file', 'backup'], null],
  [['file', 'output'], undefined],
  [['changes'], []],
  [['changes', 0, 'before'], null],
  [['changes', 0, 'after'], null],
  [before('unreadable'), undefined, false],
  [before('description'), null],
  [before('modifiedAt'), null],
  [before('modifiedAtText'), undefined],
  [before('modifiedBy'), null],
  [before('origin'), null],
  [after('origin'), null],
  [after('sha256'), null],
  [['earlier'], undefined, []],
  [['relies'], undefined, []],
  [['id'], undefined],
  [['place'], undefined],
  [['tool'], undefined],
];

const cases = (
  table: readonly (readonly [place: Place, ...values: unknown[]])[],
): [name: string, value: string, receipt: unknown][] =>
  table.flatMap(([place, ...values]) =>
    values.map((value): [string, string, unknown] => [
      place.join('.'),
      JSON.stringify(value) ?? 'absent',
      having(place, value),
    ]),
  );

describe('what is taken for a receipt', () => {
  it('has every field', () => expect(isReceipt(whole)).toBe(true));

  it.each([[null], ['x'], [[]], [1], [undefined]])('is not %j', (value) =>
    expect(isReceipt(value)).toBe(false),
  );

  it.each(cases(refused))('is nothing where %s is %s', (_, __, receipt) =>
    expect(isReceipt(receipt)).toBe(false),
  );

  it.each(cases(allowed))('may have %s as %s', (_, __, receipt) => expect(isReceipt(receipt)).toBe(true));

  it('needs every one of its changes to be one', () => {
    const [change] = whole.changes;
    expect(isReceipt({ ...whole, changes: [change, { ...change, key: 1 }] })).toBe(false);
  });
});

it('is written with two blanks, and ends with its line', () => {
  const text = receiptText(whole as unknown as Receipt);
  expect(text.startsWith('{\n  "format": "tmi-dbtool import receipt",\n')).toBe(true);
  expect(text.endsWith('\n}\n')).toBe(true);
});

describe('the trace of a row', () => {
  const row = {
    stored: 'value',
    modifiedAt: new Date('2026-11-21T07:45:00.250Z'),
    origin: 'explicit',
  } as const;

  it('has a digest, but not of a plain-text secret', () => {
    expect(traceOf(row, false)).toEqual({
      modifiedAt: '2026-11-21T07:45:00.250Z',
      origin: 'explicit',
      sha256: sha('value'),
    });
    expect(traceOf(row, true)).toMatchObject({ sha256: null });
  });

  const trace = traceOf(row, false);
  const secret = traceOf(row, true);
  const stored = (more: Partial<StoredRow> = {}): StoredRow =>
    ({ key: 'k', stored: 'value', modifiedAt: row.modifiedAt, originText: 'explicit', ...more }) as StoredRow;
  const sealed = 'ENC:v1:1:1740824430:AAAA';

  it.each([
    ['is as it was left', stored(), trace, true, true],
    ['holds something else', stored({ stored: 'other' }), trace, true, false],
    ['was encrypted since', stored({ stored: sealed }), trace, true, true],
    [
      'was encrypted, and written at another time',
      stored({ stored: sealed, modifiedAt: new Date(0) }),
      trace,
      true,
      false,
    ],
    [
      'was written a millisecond later',
      stored({ modifiedAt: new Date('2026-11-21T07:45:00.251Z') }),
      trace,
      true,
      false,
    ],
    ['has no time', stored({ modifiedAt: null as never }), trace, true, false],
    ['has another origin', stored({ originText: 'seeded' }), trace, true, false],
    ['has no origin where the table has none', stored({ originText: null }), trace, false, true],
    ['holds another plain-text secret of the same time', stored({ stored: 'other' }), secret, true, true],
    ['holds a plain-text secret of another time', stored({ modifiedAt: new Date(0) }), secret, true, false],
    ['is gone', undefined, trace, true, false],
    ['is gone, as it was to be', undefined, null, true, true],
    ['is there, and was to be gone', stored(), null, true, false],
  ] as const)('knows a row that %s', (_, now, left, hasOrigin, expected) =>
    expect(isUntouched(now, left, hasOrigin)).toBe(expected),
  );
});
