import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../src/config/yaml/parse.js';
import { collectExport } from '../../../src/settings/export/collect.js';
import type { SettingsExport } from '../../../src/settings/export/format.js';
import { isExport, readExport } from '../../../src/settings/export/read.js';
import { ExportSealer } from '../../../src/settings/export/seal.js';
import { writeJsonExport, writeYamlExport } from '../../../src/settings/export/write.js';
import type { StoredRow } from '../../../src/settings/row.js';
import { SecretValue } from '../../../src/values/index.js';
import { codeOf, thrown } from '../../support/errors.js';
import { capabilities, cipherOf, KEY, now, OLD_KEY, seal, storedRow, tableOf } from '../support.js';

const secretKey = 'auth.oauth.providers.google.client_secret';
const collect = (rows: readonly StoredRow[], changes = {}, key = KEY) =>
  collectExport(tableOf(rows), cipherOf(key), capabilities, {
    secrets: 'mask',
    includeDefaults: false,
    skipUnreadable: false,
    now,
    ...changes,
  });
const read = (text: string) => readExport(parseYaml(Buffer.from(text), 'settings.yml'));
const withoutPlaces = (document: SettingsExport): SettingsExport => {
  const { exportedAt, secrets, salt, entries } = document;
  const plain = entries.map(({ key, value, type, origin, modifiedAt, modifiedBy, description }) => ({
    key,
    value,
    type,
    origin,
    modifiedAt,
    modifiedBy,
    description,
  }));
  return { exportedAt, secrets, salt, entries: plain };
};

const anyText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({ minLength: 1 }),
  fc.constantFrom(
    'true',
    '~',
    '1_000',
    '0x1f',
    'a: b',
    '- x',
    '# y',
    '"',
    "'",
    ' lead',
    'trail ',
    'a\nb\n',
    'a\r\nb',
    '\t',
    '\u0085',
    '\u2028',
    '\u007f',
    '\ufeff',
    '\0',
    '😀',
    '-----BEGIN KEY-----\nabc\n-----END KEY-----\n',
  ),
);
const anyRow = fc
  .record({
    key: fc.stringMatching(/^[a-z][a-z0-9_.-]{0,30}$/),
    text: anyText,
    type: fc.constantFrom('string', 'int', 'bool', 'json', 'float'),
    origin: fc.constantFrom('explicit', 'seeded', null),
    modifiedAtIso: fc.constantFrom('2026-01-01T00:00:00.000Z', '2025-03-01T10:20:30.123456Z'),
    modifiedBy: fc.option(fc.uuid()),
    description: fc.option(anyText),
  })
  .map(({ key, text, origin, ...rest }) => storedRow(key, text, { ...rest, origin, originText: origin }));

describe('an export', () => {
  it('is read back as it was written, from YAML and from JSON, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(anyRow, { selector: ({ key }) => key, minLength: 1, maxLength: 6 }),
        async (rows) => {
          const { document } = collect(rows, { secrets: 'reveal' });
          expect(withoutPlaces(read(await writeYamlExport(document)))).toEqual(document);
          expect(withoutPlaces(read(writeJsonExport(document)))).toEqual(document);
          for (const row of rows) {
            const entry = document.entries.find(({ key }) => key === row.key);
            expect(entry).toMatchObject({
              type: row.type,
              origin: row.origin,
              modifiedBy: row.modifiedBy,
              modifiedAt: row.modifiedAtIso,
              description: row.description,
            });
            expect(entry?.value).toEqual({ kind: 'plain', text: row.stored });
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is told from a configuration file', () => {
    expect(isExport(parseYaml(Buffer.from('server: {port: "1"}\n'), 'x'))).toBe(false);
    const error = thrown(() => read('server: {port: "1"}\n'));
    expect(error.code).toBe('settings/bad-export');
    expect(error.hint).toContain('import-legacy');
  });

  it('holds the rows in the order of their keys, in the clear, and leaves out those without a value', () => {
    const rows = [storedRow('b.b', seal('2', KEY)), storedRow('a.a', '1'), storedRow('c.c', '')];
    const { document, skipped } = collect(rows);
    expect(document.entries.map(({ key, value }) => [key, value])).toEqual([
      ['a.a', { kind: 'plain', text: '1' }],
      ['b.b', { kind: 'plain', text: '2' }],
    ]);
    expect(skipped).toEqual(['c.c']);
  });

  it('stops at rows that cannot be read, unless they may be left out', () => {
    const rows = [storedRow('a.a', '1'), storedRow('b.b', seal('2', 'a'.repeat(64)))];
    expect(codeOf(() => collect(rows))).toBe('settings/cannot-decrypt');
    expect(collect(rows, { skipUnreadable: true }).skipped).toEqual(['b.b']);
  });

  it('says once that no key is configured, and otherwise what each row wants', () => {
    const rows = ['a.a', 'b.b', 'c.c', 'd.d', 'e.e'].map((key) => storedRow(key, seal('x', OLD_KEY)));
    expect(thrown(() => collect(rows)).diagnostics).toHaveLength(5);
    const options = { secrets: 'mask', includeDefaults: false, skipUnreadable: false, now } as const;
    const error = thrown(() => collectExport(tableOf(rows), cipherOf(), capabilities, options));
    expect([error.code, error.diagnostics.length]).toEqual(['settings/cannot-decrypt', 0]);
    expect(error.message).toContain('a.a, b.b, c.c and 2 more');
  });

  it('also holds defaults, for the reader', () => {
    const { entries } = collect([storedRow('ui.default_theme', 'dark')], { includeDefaults: true }).document;
    expect(entries.find(({ key }) => key === 'upload.max_file_size_mb')).toMatchObject({
      origin: 'default',
      value: { text: '10' },
    });
    expect(entries.filter(({ key }) => key === 'ui.default_theme')).toMatchObject([{ origin: 'explicit' }]);
  });

  it('of a table without a column for the origin says what counts', () => {
    const bare = { origin: null, originText: null };
    const table = tableOf(
      [storedRow('ui.default_theme', 'dark', bare), storedRow('upload.max_file_size_mb', '10', bare)],
      { hasOrigin: false },
    );
    const options = { secrets: 'mask', includeDefaults: false, skipUnreadable: false, now } as const;
    const { entries } = collectExport(table, cipherOf(), capabilities, options).document;
    expect(entries.map(({ origin }) => origin)).toEqual(['explicit', 'seeded']);
  });
});

describe('a secret in an export', () => {
  const rows = [storedRow(secretKey, seal('hunter2', KEY))];
  const valueIn = (changes = {}, key = KEY) => collect(rows, changes, key).document.entries[0]?.value;

  it('is masked, with a fingerprint that only the key makes', async () => {
    const { document } = collect(rows);
    const text = `${await writeYamlExport(document)}${writeJsonExport(document)}`;
    expect(text).not.toContain('hunter2');
    const value = document.entries[0]?.value;
    const salt = Buffer.from(document.salt, 'hex');
    expect(value).toEqual({
      kind: 'masked',
      fingerprint: cipherOf(KEY).fingerprints(secretKey, 'hunter2', salt)[0],
    });
    expect(cipherOf(OLD_KEY).fingerprints(secretKey, 'hunter2', salt)[0]).not.toBe(
      value?.kind === 'masked' && value.fingerprint,
    );
  });

  it('has another fingerprint in every export, at another key and with another value', () => {
    const salt = Buffer.alloc(16);
    const of = (...args: [string, string, Buffer]) => cipherOf(KEY).fingerprints(...args)[0];
    const all = [
      of('a', 'x', salt),
      of('b', 'x', salt),
      of('a', 'y', salt),
      of('a', 'x', Buffer.alloc(16, 1)),
    ];
    expect(new Set(all).size).toBe(4);
    expect(valueIn()).not.toEqual(valueIn());
  });

  it('is masked without a fingerprint when there is no key to make one', () => {
    const plain = [storedRow(secretKey, 'hunter2')];
    const { document } = collectExport(tableOf(plain), cipherOf(), capabilities, {
      secrets: 'mask',
      includeDefaults: false,
      skipUnreadable: false,
      now,
    });
    expect(document.entries[0]?.value).toEqual({ kind: 'masked', fingerprint: 'unverified' });
  });

  it('is encrypted with a key of its own, bound to its setting', () => {
    const key = new SecretValue('ab'.repeat(32));
    const { document } = collect(rows, { secrets: 'encrypted', key });
    const value = document.entries[0]?.value;
    const sealed = value?.kind === 'encrypted' ? value.sealed : '';
    const sealer = new ExportSealer(key, document.salt);
    expect(sealer.open(secretKey, sealed)).toBe('hunter2');
    expect(sealer.open('another.key', sealed)).toBeUndefined();
    expect(
      new ExportSealer(new SecretValue('cd'.repeat(32)), document.salt).open(secretKey, sealed),
    ).toBeUndefined();
    expect(new ExportSealer(key, '0'.repeat(32)).open(secretKey, sealed)).toBeUndefined();
    expect(sealer.open(secretKey, 'AAAA')).toBeUndefined();
  });

  it('is not encrypted with a weak key, or none', () => {
    expect(codeOf(() => collect(rows, { secrets: 'encrypted' }))).toBe('settings/export-key');
    const hex = 'ab'.repeat(32);
    for (const text of ['short', hex.slice(2), `0x${hex}`, `${hex}ab`, `${hex} ab`, `${hex.slice(1)}g`]) {
      const key = new SecretValue(text);
      expect(codeOf(() => collect(rows, { secrets: 'encrypted', key }))).toBe('settings/export-key');
    }
  });
});

describe('a damaged export', () => {
  const head =
    'tmi_settings_export: 1\nexported_at: x\nsecrets: mask\nsalt: 00000000000000000000000000000000\nsettings:\n';
  const entry = '- {key: a.b, value: "1", type: string, origin: explicit}\n';

  it.each([
    ['an entry that is no map', `${head}- x\n`],
    ['no key', `${head}- {value: "1", type: string}\n`],
    ['no value', `${head}- {key: a.b, type: string}\n`],
    ['two values', `${head}- {key: a.b, value: "1", masked: x, type: string}\n`],
    ['a value that is a list', `${head}- {key: a.b, value: [1], type: string}\n`],
    ['a type that no column holds', `${head}- {key: a.b, value: "1", type: ${'x'.repeat(51)}}\n`],
    ['a key that no column holds', `${head}- {key: ${'x'.repeat(257)}, value: "1", type: string}\n`],
    [
      'an author that no column holds',
      `${head}- {key: a.b, value: "1", type: string, modified_by: ${'x'.repeat(37)}}\n`,
    ],
    ['a description that is a list', `${head}- {key: a.b, value: "1", type: string, description: [x]}\n`],
    ['31 February', `${head}- {key: a.b, value: "1", type: string, modified_at: "2026-02-31T00:00:00Z"}\n`],
    ['the hour 24', `${head}- {key: a.b, value: "1", type: string, modified_at: "2026-02-01T24:00:00Z"}\n`],
    ['the year 0', `${head}- {key: a.b, value: "1", type: string, modified_at: "0000-02-01T00:00:00Z"}\n`],
    ['an unknown origin', `${head}- {key: a.b, value: "1", type: string, origin: me}\n`],
    ['a time that is none', `${head}- {key: a.b, value: "1", type: string, modified_at: yesterday}\n`],
    ['an unknown field', `${head}- {key: a.b, value: "1", type: string, orgin: explicit}\n`],
    ['a key twice', `${head}${entry}${entry}`],
    ['a salt that is none', head.replace(/salt: 0+/, 'salt: x') + entry],
    ['an unknown way to hold secrets', head.replace('mask', 'none') + entry],
    ['no list', 'tmi_settings_export: 1\nsecrets: mask\nsalt: 00000000000000000000000000000000\n'],
    ['another version', head.replace('export: 1', 'export: 2') + entry],
  ])('with %s is refused', (_, text) => {
    expect(codeOf(() => read(text))).toBe('settings/bad-export');
  });

  it('is told from one with what other servers wrote', () => {
    const author = 'é'.repeat(36);
    const time = '2024-02-29T23:59:59.123456Z';
    const text = `${head}- {key: a b, value: "1", type: text, modified_by: ${author}, modified_at: "${time}"}\n`;
    expect(read(text).entries).toMatchObject([
      { key: 'a b', type: 'text', modifiedBy: author, modifiedAt: time },
    ]);
  });

  it('says where', () => {
    const error = thrown(() => read(`${head}${entry}- {key: c.d, value: "1", type: string, origin: me}\n`));
    expect(error.diagnostics).toMatchObject([{ file: 'settings.yml', position: { line: 7 }, key: 'c.d' }]);
  });
});
