import { describe, expect, it } from 'vitest';
import { planSeed } from '../../src/settings/seed.js';
import { planReencrypt } from '../../src/settings/reencrypt.js';
import { planSet, planUnset } from '../../src/settings/set.js';
import { codeOf, thrown } from '../support/errors.js';
import { cipherOf, contextOf, KEY, OLD_KEY, plainWrites, seal, seeded, storedRow } from './support.js';

const theme = storedRow('ui.default_theme', seal('dark', OLD_KEY, 7));
const name = storedRow('operator.name', seal('Ann', KEY));
const options = { allowUnknown: false };
const setTo = (key: string, text: string, rows: Parameters<typeof contextOf>[0], changes = {}) =>
  planSet([{ name: key, text }], contextOf(rows, changes), options);

describe('values are not stored beside rows of another key', () => {
  it.each([
    ['a new row', 'upload.max_file_size_mb', '5'],
    ['another row', 'operator.name', 'Bob'],
    ['the very row', 'ui.default_theme', 'light'],
  ])('%s', (_, key, text) => {
    const error = thrown(() => setTo(key, text, [theme, name]));
    expect([error.code, error.exitCode]).toEqual(['settings/cannot-decrypt', 5]);
    expect(error.message).toContain('1 row wants the key of context 7 that was in use at 2025-03-01T');
    expect(error.message).toContain('(ui.default_theme)');
    expect(error.hint).toContain('TMI_SECRET_SETTINGS_ENCRYPTION_PREVIOUS_KEY');
  });

  it('nor in plain text, when there is no key at all', () => {
    const cipher = cipherOf();
    const allowed = { cipher, allowPlaintextSecrets: true };
    for (const rows of [[theme], [storedRow('ui.default_theme', 'ENC:v1:1:1:damaged')]]) {
      const error = thrown(() => setTo('ui.default_theme', 'light', rows, allowed));
      expect(error.code).toBe('settings/cannot-decrypt');
      expect(error.message).toContain('no settings_encryption_key is configured');
      expect(error.hint).toContain('TMI_SECRET_SETTINGS_ENCRYPTION_KEY');
    }
    const secret = 'auth.oauth.providers.google.client_secret';
    expect(codeOf(() => setTo(secret, 'hunter2', [theme], { cipher }))).toBe('settings/cannot-decrypt');
  });

  it('names every key that is wanted', () => {
    const rows = [theme, storedRow('operator.contact', seal('a', 'ab'.repeat(32), 8))];
    const error = thrown(() => setTo('upload.max_file_size_mb', '5', rows));
    expect(error.diagnostics.map(({ message }) => /context \d/.exec(message)?.[0])).toEqual([
      'context 7',
      'context 8',
    ]);
  });

  it('survives a moment that is none', () => {
    const row = storedRow('ui.default_theme', seal('dark', OLD_KEY, 1, 1e17));
    expect(thrown(() => setTo('operator.name', 'x', [row])).message).toContain('an unknown time');
  });

  it('but where the previous key opens them', () => {
    const { writes } = setTo('ui.default_theme', 'light', [theme], { cipher: cipherOf(KEY, OLD_KEY) });
    expect(plainWrites(writes)).toEqual({ 'ui.default_theme': 'light' });
  });

  it('while a change of origin alone stores no value', () => {
    const rows = [theme, storedRow('operator.name', 'Ann', seeded)];
    expect(setTo('operator.name', 'Ann', rows).writes).toMatchObject([{ origin: 'explicit' }]);
  });
});

describe('rows of a lost key', () => {
  it('can be taken away with any key or none, and then values can be stored again', () => {
    for (const cipher of [cipherOf(KEY), cipherOf()]) {
      const { deletes } = planUnset(['ui.default_theme'], contextOf([theme], { cipher }), {});
      expect(deletes).toEqual(['ui.default_theme']);
    }
  });

  it('keep what would follow from a removed row from being stored', () => {
    const source = storedRow('auth.jwt.expiration_seconds', seal('7200', KEY), { type: 'int' });
    const context = contextOf([theme, source]);
    expect(codeOf(() => planUnset([source.key], context, {}))).toBe('settings/cannot-decrypt');
    expect(planUnset([source.key, theme.key], context, {}).deletes).toHaveLength(2);
  });
});

describe('planSeed', () => {
  const all = { ifEmpty: false };

  it('inserts nothing beside rows of another key', () => {
    expect(codeOf(() => planSeed(contextOf([theme, name]), all))).toBe('settings/cannot-decrypt');
    expect(codeOf(() => planSeed(contextOf([theme], { cipher: cipherOf() }), all))).toBe(
      'settings/cannot-decrypt',
    );
  });

  it('stops a release phase without the key, also when there is nothing to insert', () => {
    const full = planSeed(contextOf([]), all).writes.map(({ key, stored }) => storedRow(key, stored));
    for (const cipher of [cipherOf(), cipherOf(OLD_KEY)]) {
      for (const ifEmpty of [true, false]) {
        const error = thrown(() => planSeed(contextOf(full, { cipher }), { ifEmpty }));
        expect(error.message).toContain('59 rows want the key of context 1');
        expect(error.message).toContain('and 56 more');
      }
    }
    expect(planSeed(contextOf(full), all).writes).toEqual([]);
  });

  it('is not stopped by a few rows of a lost key when there is nothing to insert', () => {
    expect(planSeed(contextOf([theme, name]), { ifEmpty: true }).writes).toEqual([]);
  });
});

it('a re-encryption still needs every key', () => {
  expect(codeOf(() => planReencrypt(contextOf([theme, name])))).toBe('settings/cannot-decrypt');
});
