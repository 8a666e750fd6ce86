import { describe, expect, it } from 'vitest';
import type { Receipt } from '../../src/legacy/receipt-format.js';
import { assertNobodyRelies } from '../../src/legacy/reliance.js';

const row = { modifiedAt: '2026-01-01T00:00:00.000Z', origin: 'explicit', sha256: 'd' };

const undone: Receipt = {
  format: 'tmi-dbtool import receipt',
  version: 1,
  status: 'complete',
  tool: 'tmi-dbtool 1.0.0',
  createdAt: '2026-01-02T00:00:00.000Z',
  database: 'sqlite:///srv/tmi.db',
  file: null,
  changes: ['operator.name', 'operator.contact'].map((key) => ({ key, before: null, after: row })),
  id: 'mine',
};

const later = {
  ...undone,
  createdAt: '2026-01-03T00:00:00.000Z',
  changes: [],
  id: 'later',
  relies: ['operator.name', 'timmy.enabled'],
};

const undoing = (place: string): string => `import-legacy --undo ${place}`;
const asked = (...others: Partial<Receipt>[]): (() => void) => {
  const receipts = others.map((other) => ({ ...later, ...other }));
  return () => assertNobodyRelies(undone, receipts, undoing);
};

describe('an undo of rows that a later import has found as they are', () => {
  it('is refused, with the rows and the line that comes first', () => {
    expect(asked({})).toThrow(
      expect.objectContaining({
        code: 'legacy/relied-on',
        message:
          'The import of the environment at 2026-01-03T00:00:00.000Z found rows that would go, and relies on them: operator.name',
        hint: 'Nothing was changed. Undo that import first: tmi-dbtool import-legacy --undo later',
      }),
    );
  });

  it('names file and place where there are any', () => {
    const file = { path: '/srv/other.yml', sha256Before: 'a', sha256After: 'b', backup: null };
    expect(asked({ file: file, place: '/srv/other.receipt.json' })).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('The import of /srv/other.yml at') as string,
        hint: expect.stringContaining('--undo /srv/other.receipt.json') as string,
      }),
    );
  });

  it.each([
    ['the import itself', { id: 'mine' }],
    ['one that was undone', { status: 'undone' as const }],
    ['an earlier one', { createdAt: '2026-01-01T23:59:59.999Z' }],
    ['one that relies on other rows', { relies: ['timmy.enabled'] }],
    ['one of a release that did not say', { relies: undefined as never }],
  ])('goes on beside %s', (_, other) => {
    expect(asked(other)).not.toThrow();
  });

  it('looks past those at the next', () => {
    expect(asked({ id: 'mine' }, { status: 'undone' }, { relies: [] }, {})).toThrow(/relies on them/);
  });

  it('counts one of the same moment', () => {
    expect(asked({ createdAt: undone.createdAt })).toThrow(/relies on them/);
  });
});
