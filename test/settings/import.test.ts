import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/config/yaml/parse.js';
import type { PlanContext } from '../../src/settings/draft.js';
import { collectExport } from '../../src/settings/export/collect.js';
import { readExport, type ReadExport } from '../../src/settings/export/read.js';
import { writeJsonExport } from '../../src/settings/export/write.js';
import { planSettingsImport, type ImportOptions } from '../../src/settings/import.js';
import { providerFamilies, settings } from '../../src/registry/index.js';
import type { StoredRow } from '../../src/settings/row.js';
import { fromText, SecretValue } from '../../src/values/index.js';
import { codeOf, thrown } from '../support/errors.js';
import {
  capabilities,
  cipherOf,
  contextOf,
  KEY,
  now,
  OLD_KEY,
  plainWrites,
  seal,
  seeded,
  storedRow,
  tableOf,
} from './support.js';

const secretKey = 'auth.oauth.providers.google.client_secret';
const author = 'b1b2b3b4-0000-4000-8000-000000000000';
const exportKey = new SecretValue('ab'.repeat(32));

function exported(rows: readonly StoredRow[], changes = {}, key: string | undefined = KEY): ReadExport {
  const options = {
    secrets: 'mask',
    includeDefaults: false,
    skipUnreadable: false,
    now,
    ...changes,
  } as const;
  const { document } = collectExport(tableOf(rows), cipherOf(key), capabilities, options);
  return readExport(parseYaml(Buffer.from(writeJsonExport(document)), 'settings.json'));
}

const none: ImportOptions = {
  onConflict: undefined,
  prune: false,
  allowUnknown: false,
  allowInvalid: false,
  key: undefined,
};

function plan(
  source: ReadExport,
  rows: readonly StoredRow[],
  options: Partial<ImportOptions> = {},
  context: Partial<PlanContext> = {},
) {
  return planSettingsImport(source, contextOf(rows, context), { ...none, ...options });
}

const theme = (text: string, changes: Partial<StoredRow> = {}) =>
  storedRow('ui.default_theme', text, changes);

describe('planSettingsImport', () => {
  it('inserts rows with origin, time, author and description as they were', () => {
    const iso = '2025-03-01T10:20:30.123456Z';
    const row = theme('dark', { ...seeded, modifiedBy: author, modifiedAtIso: iso, description: 'mine' });
    const { writes } = plan(exported([row]), []);
    expect(writes).toMatchObject([
      {
        key: 'ui.default_theme',
        origin: 'seeded',
        modifiedAt: iso,
        modifiedBy: author,
        description: 'mine',
        type: 'string',
      },
    ]);
    expect(plainWrites(writes)).toEqual({ 'ui.default_theme': 'dark' });
  });

  it('finds nothing to do in the database that it came from', () => {
    const rows = [
      theme('dark'),
      storedRow(secretKey, seal('hunter2', KEY)),
      storedRow('operator.name', 'Ann', { origin: null, originText: null }),
    ];
    for (const onConflict of [undefined, 'keep', 'overwrite'] as const) {
      const found = plan(exported(rows), rows, { onConflict, prune: true });
      expect([found.writes, found.deletes, found.kept, found.unverified]).toEqual([[], [], [], []]);
    }
  });

  it('replaces a row that nobody chose', () => {
    const { writes } = plan(exported([theme('dark')]), [theme('light', seeded)]);
    expect(writes).toMatchObject([{ origin: 'explicit' }]);
  });

  it('stops at a row that somebody set, unless told what to do', () => {
    const source = exported([theme('dark'), storedRow('upload.max_file_size_mb', '20', { type: 'int' })]);
    const rows = [theme('light')];
    const error = thrown(() => plan(source, rows));
    expect(error.code).toBe('settings/conflict');
    expect(error.diagnostics).toMatchObject([{ key: 'ui.default_theme', file: 'settings.json' }]);
    const kept = plan(source, rows, { onConflict: 'keep' });
    expect([plainWrites(kept.writes), kept.kept]).toEqual([
      { 'upload.max_file_size_mb': '20' },
      ['ui.default_theme'],
    ]);
    expect(plainWrites(plan(source, rows, { onConflict: 'overwrite' }).writes)).toEqual({
      'ui.default_theme': 'dark',
      'upload.max_file_size_mb': '20',
    });
  });

  it('makes a seeded row explicit when the export says so, and not the other way round', () => {
    const there = exported([theme('dark', { modifiedBy: author })]);
    expect(plan(there, [theme('dark', seeded)]).writes).toMatchObject([
      { origin: 'explicit', modifiedBy: author },
    ]);
    const here = exported([theme('dark', seeded)]);
    expect(plan(here, [theme('dark')]).writes).toEqual([]);
    expect(plan(here, [theme('dark')], { onConflict: 'overwrite' }).writes).toMatchObject([
      { origin: 'seeded' },
    ]);
  });

  it('removes what the export does not hold, only when told', () => {
    const rows = [theme('dark'), storedRow('custom.row', '1'), storedRow('operator.name', 'Ann')];
    const source = exported([theme('dark')]);
    expect(plan(source, rows).deletes).toEqual([]);
    expect(plan(source, rows, { prune: true }).deletes).toEqual(['custom.row', 'operator.name']);
    expect(codeOf(() => plan(exported([]), rows, { prune: true }))).toBe('settings/bad-export');
  });

  it('leaves defaults that stand in it for the reader alone, and does not prune them', () => {
    const source = exported([theme('dark')], { includeDefaults: true });
    const rows = [theme('dark'), storedRow('upload.max_file_size_mb', '20', { type: 'int' })];
    const found = plan(source, rows, { prune: true });
    expect([found.writes, found.deletes]).toEqual([[], []]);
  });

  it('takes rows that the registry does not know, or refuses, only when told', () => {
    const unknown = exported([storedRow('custom.row', '1')]);
    expect(codeOf(() => plan(unknown, []))).toBe('settings/unknown-key');
    expect(plan(unknown, [], { allowUnknown: true }).writes).toHaveLength(1);
    const invalid = exported([theme('blue'), storedRow('upload.max_file_size_mb', 'ten', { type: 'int' })]);
    expect(codeOf(() => plan(invalid, []))).toBe('settings/invalid-value');
    expect(plan(invalid, [], { allowInvalid: true }).writes).toHaveLength(2);
    const mistyped = exported([theme('dark', { type: 'int' })]);
    expect(codeOf(() => plan(mistyped, []))).toBe('settings/invalid-value');
  });

  it('stores a spelling that servers read as it was, and refuses one that they read otherwise', () => {
    const flag = (key: string) => exported([storedRow(key, 'T', { type: 'bool' })]);
    expect(plainWrites(plan(flag('features.webhooks_enabled'), []).writes)).toEqual({
      'features.webhooks_enabled': 'T',
    });
    expect(codeOf(() => plan(flag('auth.oauth.providers.google.enabled'), []))).toBe(
      'settings/invalid-value',
    );
  });

  it('refuses half of a surrogate pair, in a text and in JSON, where readers would put U+FFFD', () => {
    const scopes = 'auth.oauth.providers.google.scopes';
    for (const half of [String.raw`["a\ud800"]`, String.raw`["\uDE00\uD83D"]`]) {
      const source = exported([theme('dark'), storedRow(scopes, half, { type: 'json' })]);
      expect(codeOf(() => plan(source, []))).toBe('settings/invalid-value');
    }
    const text = '{"settings":[{"key":"operator.name","value":"A\\ud800"}]}';
    expect(codeOf(() => parseYaml(Buffer.from(text), 'settings.json'))).toBe('config/invalid-yaml');
    const whole = exported([storedRow(scopes, String.raw`["a\ud83d\ude00"]`, { type: 'json' })]);
    expect(plan(whole, []).writes).toHaveLength(1);
  });

  it('does not enable a provider that is incomplete', () => {
    const source = exported([storedRow('auth.oauth.providers.google.enabled', 'true', { type: 'bool' })]);
    expect(codeOf(() => plan(source, []))).toBe('settings/incomplete-provider');
    expect(plan(source, [], { allowInvalid: true }).writes).toHaveLength(1);
  });
});

it('carries every setting of the registry, and every field of a provider, there and back', () => {
  const stored = settings.flatMap(({ databaseKey, databaseType, type, example }) => {
    const normal = fromText(type, example);
    const text = normal.ok ? normal.text : '';
    return databaseKey === null || text === ''
      ? []
      : [storedRow(databaseKey, text, { type: databaseType ?? 'string' })];
  });
  const fields = providerFamilies.flatMap((family) =>
    family.fields.map(({ name, type, databaseType, example }) => {
      const normal = fromText(type, example.startsWith('vault://') ? 'a-secret' : example);
      return storedRow(`${family.path}.google.${name}`, normal.ok ? normal.text : '', { type: databaseType });
    }),
  );
  const rows = [...stored, ...fields].map((row) =>
    row.stored.startsWith('vault://') ? { ...row, stored: 'a-secret' } : row,
  );
  expect(rows.length).toBeGreaterThan(150);
  const source = exported(rows, { secrets: 'encrypted', key: exportKey });
  const { writes } = plan(source, [], { key: exportKey });
  expect(plainWrites(writes)).toEqual(Object.fromEntries(rows.map((row) => [row.key, row.stored])));
  expect(new Map(writes.map(({ key, type }) => [key, type]))).toEqual(
    new Map(rows.map(({ key, type }) => [key, type])),
  );
});

describe('a secret of an export', () => {
  const rows = [storedRow(secretKey, seal('hunter2', KEY))];

  it('that is masked is recognised, under the previous key as well', () => {
    const source = exported(rows);
    expect(plan(source, rows)).toMatchObject({ writes: [], unverified: [] });
    const rotated = [storedRow(secretKey, seal('hunter2', OLD_KEY))];
    expect(
      plan(exported(rotated, {}, OLD_KEY), rotated, {}, { cipher: cipherOf(KEY, OLD_KEY) }),
    ).toMatchObject({ writes: [], unverified: [] });
  });

  it('that is masked is a conflict when the stored value is another one', () => {
    const source = exported(rows);
    const others = [storedRow(secretKey, seal('hunter3', KEY))];
    expect(codeOf(() => plan(source, others))).toBe('settings/conflict');
    expect(plan(source, others, { onConflict: 'keep' })).toMatchObject({ writes: [], kept: [secretKey] });
    expect(codeOf(() => plan(source, others, { onConflict: 'overwrite' }))).toBe('settings/masked-secret');
  });

  it('that is masked cannot be put where there is none', () => {
    expect(codeOf(() => plan(exported(rows), []))).toBe('settings/masked-secret');
  });

  it('that cannot be compared keeps the stored value, and is listed', () => {
    const plain = [storedRow(secretKey, 'hunter2')];
    const source = exported(plain, {}, undefined);
    expect(source.entries[0]?.value).toMatchObject({ kind: 'masked' });
    const open = { cipher: cipherOf(), allowPlaintextSecrets: true };
    const found = plan(source, plain, {}, open);
    expect([found.writes, found.unverified]).toEqual([[], [secretKey]]);
  });

  it('that is encrypted is opened with its key, and sealed again', () => {
    const source = exported(rows, { secrets: 'encrypted', key: exportKey });
    expect(plainWrites(plan(source, [], { key: exportKey }).writes)).toEqual({ [secretKey]: 'hunter2' });
    expect(codeOf(() => plan(source, []))).toBe('settings/export-key');
    expect(codeOf(() => plan(source, [], { key: new SecretValue('cd'.repeat(32)) }))).toBe(
      'settings/export-key',
    );
  });

  it('is not stored in plain text without leave', () => {
    const source = exported(rows, { secrets: 'reveal' });
    expect(codeOf(() => plan(source, [], {}, { cipher: cipherOf() }))).toBe('settings/plaintext-secret');
  });

  it('is never in what the plan says', () => {
    const { changes } = plan(exported(rows, { secrets: 'reveal' }), []);
    expect(JSON.stringify(changes)).not.toContain('hunter2');
  });
});

describe('rows of another key', () => {
  const foreign = theme(seal('light', 'a'.repeat(64)));
  const other = storedRow('operator.name', seal('Ann', 'a'.repeat(64)));

  it('are replaced only by an import that was told so, and replaces all of them', () => {
    const source = exported([theme('dark')]);
    const overwrite = { onConflict: 'overwrite' } as const;
    expect(codeOf(() => plan(source, [theme(foreign.stored, seeded)]))).toBe('settings/cannot-decrypt');
    expect(plainWrites(plan(source, [foreign], overwrite).writes)).toEqual({ 'ui.default_theme': 'dark' });
    expect(codeOf(() => plan(source, [foreign, other], overwrite))).toBe('settings/cannot-decrypt');
    expect(plan(source, [foreign, other], { ...overwrite, prune: true }).deletes).toEqual([other.key]);
  });

  it('are never replaced by plain text', () => {
    const source = exported([theme('dark')], {}, undefined);
    const context = { cipher: cipherOf() };
    expect(codeOf(() => plan(source, [foreign], { onConflict: 'overwrite' }, context))).toBe(
      'settings/cannot-decrypt',
    );
  });

  it('are no value that a mask could keep', () => {
    const source = exported([storedRow(secretKey, 'hunter2')]);
    const error = thrown(() => plan(source, [storedRow(secretKey, seal('hunter2', 'a'.repeat(64)))]));
    expect(error.code).toBe('settings/cannot-decrypt');
  });
});

describe('an import from a table of another server', () => {
  const taken = { allowUnknown: true, allowInvalid: true };

  it.each([
    ['UPLOAD.MAX_FILE_SIZE_MB', 'settings/unknown-key', 'upload.max_file_size_mb'],
    ['AUTH.JWT.SECRET', 'settings/unknown-key', 'auth.jwt.secret'],
    ['auth.oauth.providers.Q.client_id', 'settings/unknown-key', 'auth.oauth.providers.q.client_id'],
  ])('takes %s for an exact copy only', (key, code, nearest) => {
    const source = exported([storedRow(key, '1')], { secrets: 'reveal' });
    const error = thrown(() => plan(source, [], { allowUnknown: true }));
    expect([error.code, error.hint?.includes(nearest)]).toEqual([code, true]);
    expect(plan(source, [], taken).writes).toMatchObject([{ key, type: 'string' }]);
  });

  it('does not store the secret of a bootstrap setting in plain text', () => {
    const source = exported([storedRow('auth.jwt.secret', 'hunter2')], { secrets: 'reveal' });
    const context = { cipher: cipherOf() };
    expect(codeOf(() => plan(source, [], taken, context))).toBe('settings/plaintext-secret');
  });

  it('takes a type that servers do not know only when it is told to', () => {
    const source = exported([storedRow('other.note', 'x', { type: 'text' })]);
    expect(codeOf(() => plan(source, [], { allowUnknown: true }))).toBe('settings/invalid-value');
    expect(plan(source, [], taken).writes).toMatchObject([{ type: 'text' }]);
  });

  it('finds no conflict in a row without a value', () => {
    expect(plainWrites(plan(exported([theme('dark')]), [theme('')]).writes)).toEqual({
      'ui.default_theme': 'dark',
    });
  });
});

describe('what a row keeps of an export', () => {
  const iso = '2024-05-06T07:08:09.010Z';
  const there = (changes: Partial<StoredRow>) => exported([theme('dark', changes)]);
  const marksOf = (source: ReadExport, row: StoredRow, options: Partial<ImportOptions> = {}) =>
    plan(source, [row], options).writes.map(({ origin, modifiedAt, modifiedBy }) => [
      origin,
      typeof modifiedAt === 'string' ? modifiedAt : modifiedAt.toISOString(),
      modifiedBy,
    ]);

  it.each<
    [name: string, source: ReadExport, row: StoredRow, options: Partial<ImportOptions>, marks: unknown]
  >([
    ['nothing, where it says no more', there({ modifiedAtIso: iso }), theme('dark'), {}, []],
    [
      'nothing, where both are seeded',
      there({ ...seeded, modifiedAtIso: iso }),
      theme('dark', seeded),
      {},
      [],
    ],
    [
      'origin, time and author of a choice',
      there({ modifiedAtIso: iso, modifiedBy: author }),
      theme('dark', seeded),
      {},
      [['explicit', iso, author]],
    ],
    [
      'the same where the row is to be kept',
      there({ modifiedAtIso: iso }),
      theme('dark', seeded),
      { onConflict: 'keep' },
      [['explicit', iso, null]],
    ],
    [
      'all of it where the export wins',
      there({ ...seeded, modifiedAtIso: iso }),
      theme('dark'),
      { onConflict: 'overwrite' },
      [['seeded', iso, null]],
    ],
  ])('is %s', (_, source, row, options, marks) => {
    expect(marksOf(source, row, options)).toEqual(marks);
  });

  it.each([
    ['ui.default_theme', 'int', 'ui.default_theme is of type string, and the export says int'],
    ['other.note', 'text', 'other.note is of type text in the export, and servers know string'],
  ])('is no type of %s that is %s', (key, type, message) => {
    const source = exported([storedRow(key, 'dark', { type })]);
    const error = thrown(() => plan(source, [], { allowUnknown: true }));
    expect(error.diagnostics[0]?.message).toContain(message);
  });

  it.each([
    ['a mask', '********', 'settings/mask-value'],
    ['a reference', 'env://NAME', undefined],
    ['another word than servers know', 'blue', undefined],
  ])('is never %s, unless it is only invalid and that is allowed', (_, text, code) => {
    const taken = () => plan(exported([theme(text)]), [], { allowInvalid: true }).writes.length;
    if (code === undefined) expect(taken()).toBe(1);
    else expect(codeOf(taken)).toBe(code);
  });

  it('is nothing of an empty export that would remove every row, whose name is said', () => {
    const error = thrown(() => plan(exported([]), [theme('dark')], { prune: true }));
    expect(error.message).toBe('settings.json holds no settings, and --prune would remove every row');
    expect(error.hint).toContain('--prune');
  });
});
