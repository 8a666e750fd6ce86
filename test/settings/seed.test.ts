import { describe, expect, it } from 'vitest';
import { seedSet } from '../../src/registry/index.js';
import { isUnder, planSeed, seedableKeys } from '../../src/settings/seed.js';
import { cipherOf, contextOf, foldedTable, now, plainWrites, storedRow } from './support.js';

const all = { ifEmpty: false };

describe('planSeed', () => {
  it('inserts every default into an empty table, seeded and sealed', () => {
    const { writes } = planSeed(contextOf([]), all);
    expect(plainWrites(writes)).toEqual(
      Object.fromEntries(seedSet().map((row) => [row.databaseKey, row.value])),
    );
    expect(writes).toHaveLength(59);
    for (const write of writes) {
      expect(write).toMatchObject({ origin: 'seeded', modifiedAt: now, modifiedBy: null });
      expect(write.stored).toMatch(/^ENC:v1:1:/);
    }
  });

  it('writes plain text without a key', () => {
    const { writes } = planSeed(contextOf([], { cipher: cipherOf() }), all);
    expect(writes.find(({ key }) => key === 'ui.default_theme')?.stored).toBe('auto');
  });

  it('never touches a row that exists, whatever it holds', () => {
    const rows = [
      storedRow('ui.default_theme', 'ENC:v1:1:1:damaged'),
      storedRow('upload.max_file_size_mb', ''),
      storedRow('timmy.enabled', 'not a bool', { origin: null, originText: null }),
    ];
    const keys = planSeed(contextOf(rows), all).writes.map(({ key }) => key);
    expect(keys).toHaveLength(56);
    for (const { key } of rows) expect(keys).not.toContain(key);
  });

  it('knows a row by the rules of the database', () => {
    const rows = [storedRow('UI.Default_Theme', 'dark')];
    const context = contextOf(rows, {
      table: foldedTable(rows),
      capabilities: { caseInsensitiveKeys: true },
    });
    expect(planSeed(context, all).writes).toHaveLength(58);
  });

  it('leaves a table with any row alone when it is to seed an empty one', () => {
    expect(planSeed(contextOf([storedRow('a.row', '1')]), { ifEmpty: true }).writes).toEqual([]);
    expect(planSeed(contextOf([]), { ifEmpty: true }).writes).toHaveLength(59);
  });

  it('keeps to a prefix', () => {
    expect(seedableKeys({ only: 'auth.jwt' })).toEqual([
      'auth.jwt.expiration_seconds',
      'auth.jwt.refresh_token_days',
      'auth.jwt.session_lifetime_days',
    ]);
    expect(planSeed(contextOf([]), { ...all, only: 'auth.jwt.' }).writes).toHaveLength(3);
    expect(seedableKeys({ only: 'auth.jw' })).toEqual([]);
    expect(isUnder('ui.default_theme', 'ui.default_theme')).toBe(true);
  });
});
