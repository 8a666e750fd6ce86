import { describe, expect, it } from 'vitest';
import { sha256, type ReceiptChange, type ReceiptRow } from '../../src/legacy/receipt-format.js';
import {
  isAsInReceipt,
  receiptChanges,
  rowsAsTheyWere,
  rowsForToday,
} from '../../src/legacy/receipt-rows.js';
import { isEncrypted } from '../../src/settings/encryption.js';
import type { RowWrite } from '../../src/settings/row.js';
import { thrown } from '../support/errors.js';
import {
  cipherOf,
  earlier,
  KEY,
  now,
  OLD_KEY,
  seal,
  seeded,
  storedRow,
  tableOf,
  unseal,
} from '../settings/support.js';

const write = (key: string, stored: string): RowWrite => ({
  key,
  stored,
  type: 'string',
  description: null,
  modifiedAt: now,
  modifiedBy: null,
  origin: 'explicit',
});

const NAME = 'operator.name';
const SECRET = 'timmy.llm_api_key';
/** A setting that is no secret, with a value that holds one. */
const URL_KEY = 'timmy.llm_base_url';
const withPassword = 'https://ann:CANARY-url@llm.example.com/v1';

describe('what a receipt keeps of a row', () => {
  const only = (change: readonly ReceiptChange[]): ReceiptChange => {
    expect(change).toHaveLength(1);
    return change[0] as ReceiptChange;
  };

  it('is every column as it was, and a trace of what is written', () => {
    const row = storedRow(NAME, 'Bob', {
      ...seeded,
      modifiedAtText: '2025-03-01 10:20:30.125+00:00',
      modifiedBy: '7b1d1c3e-0000-4000-8000-000000000001',
    });
    const plan = { writes: [write(NAME, 'Ann')], deletes: [] };
    expect(receiptChanges(plan, tableOf([row]), cipherOf(), now)).toEqual([
      {
        key: NAME,
        before: {
          stored: 'Bob',
          sealed: false,
          type: 'string',
          description: 'a server wrote this',
          modifiedAt: earlier,
          modifiedAtText: '2025-03-01 10:20:30.125+00:00',
          modifiedBy: '7b1d1c3e-0000-4000-8000-000000000001',
          origin: 'seeded',
        },
        after: { modifiedAt: now.toISOString(), origin: 'explicit', sha256: sha256('Ann') },
      },
    ]);
  });

  it('names no text of a time, and no fault, where there is none', () => {
    const plan = { writes: [write(NAME, 'Ann')], deletes: [] };
    const { before } = only(receiptChanges(plan, tableOf([storedRow(NAME, 'Bob')]), cipherOf(), now));
    expect(Object.keys(before ?? {})).toEqual([
      'stored',
      'sealed',
      'type',
      'description',
      'modifiedAt',
      'modifiedBy',
      'origin',
    ]);
  });

  it('is nothing of a row that was not there, and no trace of one that goes', () => {
    const plan = { writes: [write(NAME, 'Ann')], deletes: ['timmy.enabled'] };
    const table = tableOf([storedRow('timmy.enabled', 'true', { type: 'bool' })]);
    expect(receiptChanges(plan, table, cipherOf(), now)).toMatchObject([
      { key: NAME, before: null, after: { origin: 'explicit' } },
      { key: 'timmy.enabled', before: { stored: 'true', type: 'bool' }, after: null },
    ]);
  });

  it.each([
    ['a secret', SECRET, 'CANARY-key'],
    ['a value that holds one', URL_KEY, withPassword],
  ])('is %s encrypted, and written without a digest of it', (_, key, text) => {
    const plan = { writes: [write(key, text)], deletes: [] };
    const { before, after } = only(receiptChanges(plan, tableOf([storedRow(key, text)]), cipherOf(KEY), now));
    expect(before).toMatchObject({ sealed: true });
    expect(before).not.toHaveProperty('unreadable');
    expect(unseal(before?.stored ?? '', KEY)).toBe(text);
    expect(after?.sha256).toBeNull();
  });

  it('is a secret that is encrypted already as it stands, with a digest of what is written', () => {
    const [old, fresh] = [seal('CANARY-old', KEY), seal('CANARY-new', KEY)];
    const plan = { writes: [write(SECRET, fresh)], deletes: [] };
    const { before, after } = only(
      receiptChanges(plan, tableOf([storedRow(SECRET, old)]), cipherOf(KEY), now),
    );
    expect(before).toMatchObject({ stored: old, sealed: false });
    expect(before).not.toHaveProperty('unreadable');
    expect(after?.sha256).toBe(sha256(fresh));
  });

  it('says of a row that no key at hand opens that nobody could read it', () => {
    const plan = { writes: [write(SECRET, seal('new', KEY))], deletes: [] };
    const lost = seal('lost', OLD_KEY);
    const { before } = only(receiptChanges(plan, tableOf([storedRow(SECRET, lost)]), cipherOf(KEY), now));
    expect(before).toMatchObject({ stored: lost, sealed: false, unreadable: true });
    // Without any key it is no more readable, and no fault either.
    const without = only(receiptChanges(plan, tableOf([storedRow(SECRET, lost)]), cipherOf(), now));
    expect(without.before).toMatchObject({ stored: lost, unreadable: true });
  });

  it('is no secret in plain text where there is no key to encrypt it with', () => {
    const plan = { writes: [write(SECRET, 'new')], deletes: [] };
    const table = tableOf([storedRow(SECRET, 'CANARY-old')]);
    const error = thrown(() => receiptChanges(plan, table, cipherOf(), now));
    expect(error).toMatchObject({
      code: 'legacy/secret-not-undoable',
      message: `The row ${SECRET} holds a secret in plain text, which a receipt may not hold`,
    });
    expect(error.hint).toMatch(/\. Or pass --no-backup to go on without a receipt\.$/);
    expect(`${error.message}${error.hint}`).not.toContain('CANARY');
  });

  it('throws on what is no fault of a row', () => {
    const broken = {
      canEncrypt: true,
      open: () => {
        throw new TypeError('a fault of the tool');
      },
    } as unknown as ReturnType<typeof cipherOf>;
    const plan = { writes: [write(NAME, 'Ann')], deletes: [] };
    expect(() => receiptChanges(plan, tableOf([storedRow(NAME, 'Bob')]), broken, now)).toThrow(TypeError);
  });
});

const before = (stored: string, facts: Partial<ReceiptRow> = {}): ReceiptRow => ({
  stored,
  sealed: false,
  type: 'string',
  description: 'a server wrote this',
  modifiedAt: earlier,
  modifiedBy: null,
  origin: 'seeded',
  ...facts,
});
const change = (key: string, row: ReceiptRow | null): ReceiptChange => ({ key, before: row, after: null });

describe('rows of a receipt that go back', () => {
  it('have every column that they had, and those that were not there go', () => {
    const facts = {
      type: 'json',
      description: null,
      modifiedAtText: '2025-03-01 10:20:30.125+00:00',
      modifiedBy: '7b1d1c3e-0000-4000-8000-000000000001',
      origin: null,
    };
    const changes = [change(NAME, before('["a"]', facts)), change('timmy.enabled', null)];
    const rows = [
      { key: NAME, row: { key: NAME, stored: '["a"]', modifiedAt: earlier, ...facts } },
      { key: 'timmy.enabled', row: undefined },
    ];
    expect(rowsAsTheyWere(changes, cipherOf())).toEqual(rows);
    expect(rowsForToday(changes, cipherOf(), now)).toEqual(rows);
  });

  it('have the epoch where the column held no time, and no text of it where that was the usual one', () => {
    const [{ row } = { row: undefined }] = rowsAsTheyWere(
      [change(NAME, before('Bob', { modifiedAt: null }))],
      cipherOf(),
    );
    expect(row?.modifiedAt).toEqual(new Date(0));
    expect(row).not.toHaveProperty('modifiedAtText');
  });

  it('hold a secret in plain text where they did', () => {
    const changes = [change(SECRET, before(seal('in the clear', KEY), { sealed: true }))];
    for (const rows of [rowsAsTheyWere(changes, cipherOf(KEY)), rowsForToday(changes, cipherOf(KEY), now)])
      expect(rows[0]?.row?.stored).toBe('in the clear');
  });

  it('hold an encrypted value as it was, or under the key of today after a rotation', () => {
    const [old, current] = [seal('former', OLD_KEY), seal('present', KEY)];
    const changes = [change(SECRET, before(old)), change(URL_KEY, before(current))];
    const rotated = cipherOf(KEY, OLD_KEY);
    expect(rowsAsTheyWere(changes, rotated).map(({ row }) => row?.stored)).toEqual([old, current]);
    const [first, second] = rowsForToday(changes, rotated, now);
    expect(first?.row?.stored).not.toBe(old);
    expect(unseal(first?.row?.stored ?? '', KEY)).toBe('former');
    expect(second?.row?.stored).toBe(current);
  });

  it('go back as they were where nobody could read them then either', () => {
    const lost = seal('lost', 'abcdef0123456789'.repeat(4));
    const changes = [change(SECRET, before(lost, { unreadable: true }))];
    expect(rowsForToday(changes, cipherOf(KEY), now)[0]?.row?.stored).toBe(lost);
  });

  it('are named, all of them, where no key at hand opens what they held', () => {
    const changes = [
      change(SECRET, before(seal('lost', OLD_KEY))),
      change(NAME, before('Bob')),
      change(URL_KEY, before(seal('lost too', OLD_KEY), { sealed: true })),
    ];
    const error = thrown(() => rowsForToday(changes, cipherOf(KEY), now));
    expect(error).toMatchObject({
      code: 'settings/cannot-decrypt',
      message: 'Rows that the undo would put back cannot be decrypted; nothing was changed',
    });
    expect(error.hint).toMatch(/settings_encryption_previous_key|PREVIOUS_KEY/i);
    expect(error.hint).toMatch(/ Then run the undo again\.$/);
    expect(error.diagnostics.map(({ key, severity, code }) => ({ key, severity, code }))).toEqual([
      { key: SECRET, severity: 'error', code: 'settings/cannot-decrypt' },
      { key: URL_KEY, severity: 'error', code: 'settings/cannot-decrypt' },
    ]);
    for (const { hint, message } of error.diagnostics) {
      expect(hint).toBeTruthy();
      expect(message).toBeTruthy();
    }
  });

  it('are no reason to hide another fault', () => {
    const broken = {
      open: () => {
        throw new TypeError('a fault of the tool');
      },
    } as unknown as ReturnType<typeof cipherOf>;
    expect(() => rowsForToday([change(NAME, before('Bob'))], broken, now)).toThrow(TypeError);
  });
});

describe('a row is as a receipt has it', () => {
  const cipher = cipherOf(KEY, OLD_KEY);
  const as = (
    row: ReceiptRow | null,
    now_: ReturnType<typeof storedRow> | undefined,
    with_ = cipher,
  ): boolean => isAsInReceipt(change(SECRET, row), now_, with_);
  const row = (stored: string, facts: Parameters<typeof storedRow>[2] = {}): ReturnType<typeof storedRow> =>
    storedRow(SECRET, stored, { ...seeded, ...facts });

  it('where neither is there, and not where one is', () => {
    expect(as(null, undefined)).toBe(true);
    expect(as(null, row('x'))).toBe(false);
    expect(as(before('x'), undefined)).toBe(false);
  });

  it('by its text, its origin and its time', () => {
    expect(as(before('x'), row('x'))).toBe(true);
    expect(as(before('x'), row('y'))).toBe(false);
    expect(as(before('x'), row('x', { origin: 'explicit', originText: 'explicit' }))).toBe(false);
    const later = new Date('2025-03-01T10:20:30.126Z');
    expect(as(before('x'), row('x', { modifiedAt: later }))).toBe(false);
    expect(as(before('x'), row('x', { modifiedAt: null }))).toBe(false);
  });

  it('whatever its time where the receipt knows none, or an engine wrote more digits of it', () => {
    expect(as(before('x', { modifiedAt: null }), row('x', { modifiedAt: new Date(0) }))).toBe(true);
    expect(as(before('x', { modifiedAt: '2025-03-01T10:20:30.125000Z' }), row('x'))).toBe(true);
  });

  it('also where it was encrypted anew, with the same value', () => {
    const old = before(seal('value', OLD_KEY));
    expect(as(old, row(seal('value', KEY)))).toBe(true);
    expect(as(old, row(seal('another', KEY)))).toBe(false);
    // What no key opens could be anything.
    const lost = before(seal('value', 'abcdef0123456789'.repeat(4)));
    expect(as(lost, row(seal('value', 'abcdef0123456789'.repeat(4))))).toBe(false);
    expect(as(old, row(seal('value', KEY)), cipherOf())).toBe(false);
  });

  it('by its plain text where that was encrypted for the receipt alone', () => {
    const sealed = before(seal('value', KEY), { sealed: true });
    expect(as(sealed, row('value'))).toBe(true);
    expect(as(sealed, row('another'))).toBe(false);
    // It was encrypted since: the receipt would put it back in plain text.
    expect(as(sealed, row(seal('value', KEY)))).toBe(false);
    expect(as(sealed, row(sealed.stored))).toBe(false);
  });

  it('not in plain text where it was encrypted', () => {
    const encrypted = before(seal('value', KEY));
    expect(isEncrypted(encrypted.stored)).toBe(true);
    expect(as(encrypted, row('value'))).toBe(false);
  });
});
