import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOfProviderField, keyOfSetting, type SettingKey } from '../../src/config/setting-key.js';
import { providerFamilies, settings } from '../../src/registry/index.js';
import { checkProposal, checkVerbatim } from '../../src/settings/proposed-value.js';
import { rowHash } from '../../src/settings/row-hash.js';
import { planSet, planUnset, unmarkedChoices } from '../../src/settings/set.js';
import { isNormalForm } from '../../src/values/index.js';
import { codeOf, expectHidden, thrown } from '../support/errors.js';
import {
  cipherOf,
  contextOf,
  earlier,
  foldedTable,
  KEY,
  now,
  plainWrites,
  seal,
  seeded,
  storedRow,
  tableOf,
  unseal,
} from './support.js';

const plain = { allowUnknown: false };
const set = (key: string, text: string, rows: Parameters<typeof contextOf>[0] = [], changes = {}) =>
  planSet([{ name: key, text }], contextOf(rows, changes), plain);

/** Every key that the database can hold, with one provider of each family. */
const storedKeys: readonly SettingKey[] = [
  ...settings.filter(({ databaseKey }) => databaseKey !== null).map(keyOfSetting),
  ...providerFamilies.flatMap((family) =>
    family.fields.map((field) => keyOfProviderField(family, 'google', field)),
  ),
];
const exampleOf = (key: SettingKey): string => {
  const example = key.setting?.example ?? key.provider?.field.example ?? '';
  return /^(vault|env|file):\/\//.test(example) ? 'an-example-secret' : example;
};

describe('a value for any key of the registry', () => {
  it.each(storedKeys.map((key) => [key.key, key] as const))(
    '%s takes its example, in a form that stays',
    (_, key) => {
      const first = checkProposal(key, exampleOf(key));
      expect(first.ok).toBe(true);
      if (!first.ok) return;
      expect(checkProposal(key, first.text)).toEqual(first);
      expect(checkVerbatim(key, first.text)).toEqual(first);
      expect(isNormalForm(key.databaseType ?? 'string', first.text)).toBe(true);
    },
  );

  it('is never a mask, a reference or nothing', () => {
    const wrong: readonly (readonly [string, string])[] = [
      ['', 'settings/empty-value'],
      ['********', 'settings/mask-value'],
      [' *** ', 'settings/mask-value'],
      ['postgres://tmi:********@db/tmi', 'settings/mask-value'],
      ['<redacted>', 'settings/mask-value'],
      ['vault://tmi/secret', 'settings/invalid-value'],
      ['env://NAME', 'settings/invalid-value'],
      ['a\0b', 'settings/invalid-value'],
    ];
    for (const key of storedKeys) {
      for (const [text, code] of wrong) {
        const checked = checkProposal(key, text);
        expect(checked.ok ? 'taken' : checked.fault.code, `${key.key} ${text}`).toBe(code);
      }
    }
  });

  it('is stable under a second check, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...storedKeys),
        fc.oneof(fc.string(), fc.json(), fc.integer().map(String)),
        (key, text) => {
          const first = checkProposal(key, text);
          if (first.ok) expect(checkProposal(key, first.text)).toEqual(first);
          // A shorter text can stand in the explanation by chance.
          else if (text.length > 2) expect(first.fault.message).not.toContain(`"${text}"`);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['auth.jwt.expiration_seconds', '0'],
    ['ui.default_theme', 'blue'],
    ['content_extractors.wall_clock_budget', '2m'],
    ['observability.sampling_rate', '1.5'],
    ['auth.oauth.client_callback_allowlist', '["not a url"]'],
    ['auth.oauth.providers.google.userinfo', '[{"claims":{}}]'],
    ['administrators', '[{"provider":"google","subject_type":"user"}]'],
    ['upload.max_file_size_mb', 'ten'],
  ])('%s does not take %s', (key, text) => {
    expect(codeOf(() => set(key, text))).toBe('settings/invalid-value');
  });

  it.each([
    ['content_extractors.wall_clock_budget', '30000ms', '30s'],
    ['features.webhooks_enabled', 'T', 'true'],
    ['upload.max_file_size_mb', '+010', '10'],
    ['observability.sampling_rate', '2.5e-1', '0.25'],
    ['auth.oauth.providers.google.scopes', 'openid, email', '["openid","email"]'],
    ['auth.oauth.providers.google.additional_params', '{"b":"<","a":"1"}', '{"a":"1","b":"\\u003c"}'],
  ])('%s stores %s as %s', (key, text, normal) => {
    expect(plainWrites(set(key, text).writes)[key]).toBe(normal);
  });
});

describe('planSet', () => {
  it('stamps what a person stated as explicit, without an author, sealed as others read it', () => {
    const { writes, changes } = set('ui.default_theme', 'dark', [
      storedRow('ui.default_theme', 'light', {
        ...seeded,
        modifiedBy: 'b1b2b3b4-0000-4000-8000-000000000000',
      }),
    ]);
    expect(writes).toMatchObject([{ origin: 'explicit', modifiedBy: null, modifiedAt: now, type: 'string' }]);
    expect(unseal(writes[0]?.stored ?? '', KEY)).toBe('dark');
    expect(writes[0]?.description).toBe('a server wrote this');
    expect(changes).toMatchObject([{ action: 'replace', before: 'light', after: 'dark', encrypted: true }]);
  });

  it('keeps time, author and stored form when only the origin changes', () => {
    const author = 'b1b2b3b4-0000-4000-8000-000000000000';
    const row = storedRow('ui.default_theme', seal('dark', KEY), { ...seeded, modifiedBy: author });
    const { writes, changes } = set('ui.default_theme', 'dark', [row]);
    expect(writes).toMatchObject([
      { stored: row.stored, origin: 'explicit', modifiedAt: earlier, modifiedBy: author },
    ]);
    expect(changes).toMatchObject([{ action: 'mark' }]);
  });

  it('writes nothing when the row says so already', () => {
    const { writes, changes } = set('ui.default_theme', 'dark', [storedRow('ui.default_theme', 'dark')]);
    expect(writes).toEqual([]);
    expect(changes).toMatchObject([{ action: 'unchanged' }]);
  });

  it('encrypts a secret that stood in plain text, although its value stays', () => {
    const key = 'auth.oauth.providers.google.client_secret';
    const { writes } = set(key, 'hunter2', [storedRow(key, 'hunter2')]);
    expect(writes).toMatchObject([{ modifiedAt: earlier }]);
    expect(unseal(writes[0]?.stored ?? '', KEY)).toBe('hunter2');
  });

  it('replaces a row whose envelope is damaged', () => {
    const { writes } = set('ui.default_theme', 'dark', [storedRow('ui.default_theme', 'ENC:v1:1:1:cut')]);
    expect(plainWrites(writes)).toEqual({ 'ui.default_theme': 'dark' });
  });

  it('follows a setting that holds no value as if it were not there', () => {
    const rows = [storedRow('session.timeout_minutes', '', { type: 'int' })];
    expect(plainWrites(set('auth.jwt.expiration_seconds', '7200', rows).writes)).toEqual({
      'auth.jwt.expiration_seconds': '7200',
      'session.timeout_minutes': '120',
    });
  });

  it('mends the type of a row', () => {
    const row = storedRow('upload.max_file_size_mb', '10', { type: 'string' });
    expect(set('upload.max_file_size_mb', '10', [row]).writes).toMatchObject([{ type: 'int' }]);
  });

  it('finds a setting by its path in the file', () => {
    expect(set('auth.saml.enabled', 'true').writes).toMatchObject([{ key: 'features.saml_enabled' }]);
    expect(set('server.base_url', 'https://tmi.example.com').writes).toMatchObject([
      { key: 'server.base_url' },
    ]);
  });

  it('stores all or none, and lists every fault', () => {
    const words = {
      'ui.default_theme': 'dark',
      'server.port': '80',
      'no.such.key': '1',
      'upload.max_file_size_mb': 'x',
    };
    const assignments = Object.entries(words).map(([name, text]) => ({ name, text }));
    const error = thrown(() => planSet(assignments, contextOf([]), plain));
    expect(error.code).toBe('settings/invalid-values');
    expect(error.diagnostics.map(({ key, code }) => [key, code])).toEqual([
      ['server.port', 'settings/bootstrap-key'],
      ['upload.max_file_size_mb', 'settings/invalid-value'],
      ['no.such.key', 'settings/unknown-key'],
    ]);
  });

  it('names the nearest key for a misspelt one', () => {
    expect(thrown(() => set('ui.default_themes', 'dark')).hint).toContain('ui.default_theme?');
  });

  it('takes unknown keys only when told, with the type of their row', () => {
    const allowed = { allowUnknown: true };
    const rows = [storedRow('custom.limit', '1', { type: 'int' })];
    const plan = (text: string, options = {}) =>
      planSet([{ name: 'custom.limit', text }], contextOf(rows), { ...allowed, ...options });
    expect(plan('007').writes).toMatchObject([{ type: 'int' }]);
    expect(plainWrites(plan('007').writes)).toEqual({ 'custom.limit': '7' });
    expect(plan('[1, 2]', { unknownType: 'json' }).writes).toMatchObject([{ type: 'json' }]);
    expect(codeOf(() => plan('x'))).toBe('settings/invalid-value');
  });

  it.each(['reencrypt', 'Reencrypt'])('never stores under the reserved key %s', (name) => {
    const error = thrown(() => planSet([{ name, text: 'x' }], contextOf([]), { allowUnknown: true }));
    expect(error.code).toBe('settings/reserved-key');
  });

  it('refuses keys that no table can hold', () => {
    for (const name of ['a b', 'a\nb', 'x'.repeat(257)]) {
      expect(codeOf(() => planSet([{ name, text: 'x' }], contextOf([]), { allowUnknown: true }))).toBe(
        'settings/unknown-key',
      );
    }
  });

  it.each([
    ['UPLOAD.MAX_FILE_SIZE_MB', 'Did you mean upload.max_file_size_mb?'],
    ['AUTH.JWT.SECRET', 'Did you mean auth.jwt.secret?'],
    ['Auth.Saml.Enabled', 'Did you mean features.saml_enabled?'],
    ['auth.oauth.providers.Q.client_secret', 'Did you mean auth.oauth.providers.q.client_secret?'],
  ])('lets no rule be got round by the case of %s', (name, hint) => {
    for (const capabilities of [{ caseInsensitiveKeys: true }, { caseInsensitiveKeys: false }]) {
      const context = contextOf([], { capabilities });
      const error = thrown(() => planSet([{ name, text: '1' }], context, { allowUnknown: true }));
      expect([error.code, error.hint]).toEqual(['settings/unknown-key', hint]);
      expect(error.diagnostics).toMatchObject([{ key: name }]);
    }
  });

  it('says that the id of a provider is none, and never suggests the name itself', () => {
    const error = thrown(() => set('auth.oauth.providers.my_id.client_secret', 'x'));
    expect(error.message).toContain('my_id is no id of a provider');
    expect([error.code, error.hint]).toEqual(['settings/unknown-key', undefined]);
  });

  it('refuses one key twice, by the rules of the database', () => {
    const context = contextOf([], { capabilities: { caseInsensitiveKeys: true }, table: foldedTable([]) });
    const assignments = [
      { name: 'x.y', text: '1' },
      { name: 'X.Y', text: '2' },
    ];
    expect(codeOf(() => planSet(assignments, context, { allowUnknown: true }))).toBe(
      'settings/duplicate-key',
    );
  });

  it('refuses what the server could not read once it is encrypted', () => {
    const key = 'auth.oauth.providers.google.client_secret';
    expect(codeOf(() => set(key, 'x'.repeat(4000)))).toBe('settings/value-too-long');
  });

  it('keeps secrets out of what it says', () => {
    const key = 'auth.oauth.providers.google.client_secret';
    const { changes } = set(key, 'hunter2-new', [storedRow(key, seal('hunter2-old', KEY))]);
    expect(JSON.stringify(changes)).not.toContain('hunter2');
    expectHidden(
      thrown(() => set(key, 'hunter2'.repeat(1000))),
      'hunter2',
    );
  });
});

describe('a secret without an encryption key', () => {
  const key = 'auth.oauth.providers.google.client_secret';
  const cipher = cipherOf();

  it('is refused, unless it is allowed outside of production', () => {
    expect(codeOf(() => set(key, 'hunter2', [], { cipher }))).toBe('settings/plaintext-secret');
    const allowed = { cipher, allowPlaintextSecrets: true };
    expect(plainWrites(set(key, 'hunter2', [], allowed).writes)).toEqual({ [key]: 'hunter2' });
    expect(codeOf(() => set(key, 'hunter2', [], { ...allowed, production: true }))).toBe(
      'settings/plaintext-secret',
    );
  });

  it('does not keep other values from being stored in plain text', () => {
    expect(set('ui.default_theme', 'dark', [], { cipher }).writes).toMatchObject([{ stored: 'dark' }]);
  });
});

describe('a setting that follows another', () => {
  const source = 'auth.jwt.expiration_seconds';
  const follower = 'session.timeout_minutes';
  const row = (origin: object, text = '60') => storedRow(follower, text, { type: 'int', ...origin });

  it('is written as seeded when its source is set', () => {
    const { writes } = set(source, '7259', [row(seeded)]);
    expect(plainWrites(writes)).toEqual({ [source]: '7259', [follower]: '120' });
    expect(writes.map(({ origin }) => origin)).toEqual(['explicit', 'seeded']);
  });

  it('is left alone when somebody set it, or states it in the same command', () => {
    expect(plainWrites(set(source, '7200', [row({})]).writes)).toEqual({ [source]: '7200' });
    const both = [
      { name: source, text: '7200' },
      { name: follower, text: '5' },
    ];
    expect(plainWrites(planSet(both, contextOf([row(seeded)]), plain).writes)).toEqual({
      [source]: '7200',
      [follower]: '5',
    });
  });

  it('goes back to what follows from the default', () => {
    const rows = [storedRow(source, '7200', { type: 'int' }), row(seeded, '120')];
    const { writes, deletes } = planUnset([source], contextOf(rows), {});
    expect(deletes).toEqual([source]);
    expect(plainWrites(writes)).toEqual({ [follower]: '60' });
  });
});

describe('a provider', () => {
  const family = 'auth.oauth.providers.google';
  const complete = {
    enabled: 'true',
    client_id: 'id',
    authorization_url: 'https://id.example.com/auth',
    token_url: 'https://id.example.com/token',
    userinfo: '[{"url":"https://id.example.com/userinfo","claims":{"subject_claim":"sub"}}]',
  };
  const assignments = (fields: Record<string, string>) =>
    Object.entries(fields).map(([name, text]) => ({ name: `${family}.${name}`, text }));
  const rows = (fields: Record<string, string>) =>
    Object.entries(fields).map(([name, text]) => storedRow(`${family}.${name}`, text));
  const plan = (fields: Record<string, string>, stored: Record<string, string> = {}) =>
    planSet(assignments(fields), contextOf(rows(stored)), plain);

  it('is enabled when it is complete in the command', () => {
    expect(plan(complete).writes).toHaveLength(5);
  });

  it('is enabled when it is complete in the database together with the change', () => {
    const { enabled, token_url, ...stored } = complete;
    expect(plan({ enabled, token_url }, stored).writes).toHaveLength(2);
    expect(codeOf(() => plan({ enabled }, stored))).toBe('settings/incomplete-provider');
  });

  it.each(Object.keys(complete).filter((field) => field !== 'enabled'))(
    'is not enabled without %s',
    (field) => {
      const rest = Object.fromEntries(Object.entries(complete).filter(([name]) => name !== field));
      const error = thrown(() => plan(rest));
      expect(error.code).toBe('settings/incomplete-provider');
      expect(error.message).toContain(field);
    },
  );

  it('needs a subject_claim outside of discovery only', () => {
    const withoutClaim = { ...complete, userinfo: '[{"url":"https://id.example.com/userinfo"}]' };
    expect(codeOf(() => plan(withoutClaim))).toBe('settings/incomplete-provider');
    expect(plan({ ...withoutClaim, issuer: 'https://id.example.com' }).writes).toHaveLength(6);
  });

  it('may be prepared while it is off', () => {
    expect(plan({ enabled: 'false', client_id: 'id' }).writes).toHaveLength(2);
    expect(plan({ client_id: 'id' }).writes).toHaveLength(1);
  });

  it('does not lose what it needs while it is on', () => {
    const context = contextOf(rows(complete));
    expect(codeOf(() => planUnset([`${family}.client_id`], context, {}))).toBe(
      'settings/incomplete-provider',
    );
    const all = Object.keys(complete).map((field) => `${family}.${field}`);
    expect(planUnset(all, context, {}).deletes).toEqual(all);
  });

  it('of SAML needs one of three kinds of metadata', () => {
    const saml = (fields: Record<string, string>) =>
      planSet(
        Object.entries({ enabled: 'true', entity_id: 'https://tmi.example.com', ...fields }).map(
          ([name, text]) => ({ name: `auth.saml.providers.okta.${name}`, text }),
        ),
        contextOf([]),
        plain,
      );
    expect(codeOf(() => saml({}))).toBe('settings/incomplete-provider');
    for (const field of ['metadata_url', 'idp_metadata_url', 'idp_metadata_b64xml']) {
      expect(saml({ [field]: 'https://idp.example.com/metadata' }).writes).toHaveLength(3);
    }
  });

  it('of content, like a content source, needs its own fields', () => {
    const enable = (entry: string, fields: Record<string, string>) =>
      planSet(
        Object.entries({ enabled: 'true', ...fields }).map(([name, text]) => ({
          name: `${entry}.${name}`,
          text,
        })),
        contextOf([]),
        plain,
      );
    const oauth = { client_id: 'id', auth_url: 'https://a.example.com', token_url: 'https://t.example.com' };
    expect(codeOf(() => enable('content_oauth.providers.confluence', {}))).toBe(
      'settings/incomplete-provider',
    );
    expect(enable('content_oauth.providers.confluence', oauth).writes).toHaveLength(4);
    const microsoft = { tenant_id: 't', client_id: 'c', application_object_id: 'a' };
    expect(codeOf(() => enable('content_sources.microsoft', { tenant_id: 't' }))).toBe(
      'settings/incomplete-provider',
    );
    expect(enable('content_sources.microsoft', microsoft).writes).toHaveLength(4);
    expect(codeOf(() => enable('content_sources.google_drive', {}))).toBe('settings/incomplete-provider');
  });

  it('that was incomplete before does not stop other changes', () => {
    const broken = [storedRow(`${family}.enabled`, 'true')];
    expect(set('ui.default_theme', 'dark', broken).writes).toHaveLength(1);
  });
});

describe('planUnset', () => {
  it('takes rows away, whoever knows them, and finds nothing to do where there is none', () => {
    const context = contextOf([storedRow('custom.thing', '1'), storedRow('ui.default_theme', 'dark')]);
    const { deletes, changes } = planUnset(
      ['custom.thing', 'ui.default_theme', 'upload.max_file_size_mb'],
      context,
      {},
    );
    expect(deletes).toEqual(['custom.thing', 'ui.default_theme']);
    expect(changes.map(({ action }) => action)).toEqual(['delete', 'delete', 'unchanged']);
  });

  it('refuses a key that neither the table nor the registry knows', () => {
    expect(codeOf(() => planUnset(['no.such.key'], contextOf([]), {}))).toBe('settings/unknown-key');
    expect(codeOf(() => planUnset(['server.port'], contextOf([]), {}))).toBe('settings/bootstrap-key');
  });

  it('uses the key as it is stored', () => {
    const rows = [storedRow('UI.Default_Theme', 'dark')];
    const context = contextOf(rows, {
      capabilities: { caseInsensitiveKeys: true },
      table: foldedTable(rows),
    });
    expect(planUnset(['ui.default_theme'], context, {}).deletes).toEqual(['UI.Default_Theme']);
  });
});

describe('the hash of a row', () => {
  const row = storedRow('ui.default_theme', 'dark');
  const context = contextOf([row]);
  const setIf = (ifMatch: string, name = 'ui.default_theme') =>
    planSet([{ name, text: 'light' }], context, { ...plain, ifMatch });

  it('lets a write through when the row is the one that was seen', () => {
    expect(setIf(rowHash(row, 'dark')).writes).toHaveLength(1);
    expect(codeOf(() => setIf(rowHash(row, 'light')))).toBe('settings/if-match-failed');
    expect(codeOf(() => setIf('none'))).toBe('settings/if-match-failed');
  });

  it('has a word for no row', () => {
    const free = planSet([{ name: 'upload.max_file_size_mb', text: '5' }], context, {
      ...plain,
      ifMatch: 'none',
    });
    expect(free.writes).toHaveLength(1);
  });

  it('changes with value, time, author, type and origin, and not with encryption or description', () => {
    const hash = rowHash(row, 'dark');
    const changed = [
      rowHash(row, 'light'),
      rowHash({ ...row, modifiedAtIso: '2025-03-01T10:20:30.126Z' }, 'dark'),
      rowHash({ ...row, modifiedBy: 'b1b2b3b4-0000-4000-8000-000000000000' }, 'dark'),
      rowHash({ ...row, type: 'json' }, 'dark'),
      rowHash({ ...row, originText: 'seeded' }, 'dark'),
    ];
    expect(new Set([hash, ...changed]).size).toBe(6);
    expect(rowHash({ ...row, stored: seal('dark', KEY), description: null }, 'dark')).toBe(hash);
  });

  it('does not depend on a secret, so that nobody can try secrets out', () => {
    for (const key of ['timmy.llm_api_key', 'x.db_password'])
      expect(rowHash({ ...row, key }, 'one')).toBe(rowHash({ ...row, key }, 'two'));
    expect(rowHash(row, 'https://a:one@b.c')).toBe(rowHash(row, 'https://a:two@b.c'));
  });
});

it('a table without a column for the origin still tells a change', () => {
  const table = tableOf([storedRow('ui.default_theme', 'dark', { origin: null, originText: null })], {
    hasOrigin: false,
  });
  expect(
    planSet([{ name: 'ui.default_theme', text: 'dark' }], contextOf([], { table }), plain).writes,
  ).toEqual([]);
  expect(
    planSet([{ name: 'ui.default_theme', text: 'light' }], contextOf([], { table }), plain).writes,
  ).toHaveLength(1);
});

describe('defaults in a table that cannot say who chose them', () => {
  const old = (rows: Parameters<typeof tableOf>[0] = []) => tableOf(rows, { hasOrigin: false });
  const stated = (name: string, text: string, table = old()) => {
    const assignments = [{ name, text }];
    const found = planSet(assignments, contextOf([], { table }), { allowUnknown: true });
    return unmarkedChoices(assignments, found, table);
  };

  it.each([
    ['ui.default_theme', 'auto', ['ui.default_theme']],
    ['ui.default_theme', 'dark', []],
    ['upload.max_file_size_mb', '010', ['upload.max_file_size_mb']],
    // Neither has a default.
    ['auth.oauth.providers.corp.client_id', 'c', []],
    ['custom.row', '1', []],
  ])('are told of: %s as %s', (name, text, keys) => {
    expect(stated(name, text)).toEqual(keys);
  });

  it('are told of where the row holds them already', () => {
    const row = storedRow('ui.default_theme', 'auto', { origin: null, originText: null });
    expect(stated('ui.default_theme', 'auto', old([row]))).toEqual(['ui.default_theme']);
  });

  it('are marked where there is a column for it', () => {
    expect(stated('ui.default_theme', 'auto', tableOf([]))).toEqual([]);
  });
});

describe('content sources', () => {
  const source = (key: string, text: string): [string, string] => [`content_sources.${key}`, text];
  it.each([
    ['one that is enabled and lacks what it needs', [source('microsoft.enabled', 'true')], true],
    [
      'one beside which another setting changes',
      [source('microsoft.enabled', 'true'), ['ui.default_theme', 'dark'] as [string, string]],
      true,
    ],
    ['one that stays off', [source('microsoft.enabled', 'false')], false],
    ['one of which something else is said', [source('microsoft.tenant_id', 't')], false],
    ['one that needs nothing', [source('confluence.enabled', 'true')], false],
  ])('are checked: %s', (_, pairs, refused) => {
    const assignments = pairs.map(([name, text]) => ({ name, text }));
    const run = () => planSet(assignments, contextOf([]), plain);
    if (refused) expect(codeOf(run)).toBe('settings/incomplete-provider');
    else expect(run().writes).toHaveLength(1);
  });

  it('are left alone while another setting changes', () => {
    const rows = [storedRow('content_sources.microsoft.enabled', 'true', { type: 'bool' })];
    expect(set('ui.default_theme', 'dark', rows).writes).toHaveLength(1);
    expect(codeOf(() => set('content_sources.microsoft.tenant_id', 't', rows))).toBe(
      'settings/incomplete-provider',
    );
  });
});
