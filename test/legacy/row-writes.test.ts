import { describe, expect, it } from 'vitest';
import { keyOfLookup, type SettingKey } from '../../src/config/setting-key.js';
import { blockersOf } from '../../src/legacy/blockers.js';
import type { DesiredRow } from '../../src/legacy/decide.js';
import { settleFaults } from '../../src/legacy/faults.js';
import { restoreRows } from '../../src/legacy/restore-rows.js';
import { mayStore, mayStoreSecrets, rowWrites } from '../../src/legacy/row-writes.js';
import type { Reading } from '../../src/legacy/statement.js';
import { lookupPath } from '../../src/registry/index.js';
import type { DecodedRow } from '../../src/settings/decode.js';
import { cipherOf, earlier, KEY, now, seal, seeded, storedRow, unseal } from '../settings/support.js';
import { connectFresh } from '../support/connection.js';
import { thrown } from '../support/errors.js';

const keyOf = (path: string): SettingKey => {
  const key = keyOfLookup(lookupPath(path.split('.')));
  if (!key) throw new Error(`no such setting: ${path}`);
  return key;
};
const name = keyOf('operator.name');
const secret = keyOf('timmy.llm_api_key');
const client = keyOf('auth.oauth.providers.google.client_id');

const desired = (key: SettingKey, text: string, facts: Partial<DesiredRow> = {}): DesiredRow => ({
  key,
  text,
  origin: 'explicit',
  sameValue: false,
  ...facts,
});
const decoded = (
  key: SettingKey,
  stored: string,
  facts: Parameters<typeof storedRow>[2] = {},
): [string, DecodedRow] => [
  key.key,
  {
    text: stored,
    origin: 'seeded',
    encrypted: stored.startsWith('ENC:'),
    sealedWith: 'nothing',
    stored: storedRow(key.key, stored, { ...seeded, ...facts }),
  },
];
const long = 'x'.repeat(4000);

describe('a row that an import writes', () => {
  it('is of nobody, of now, with the type and the words of its setting', () => {
    const { rows, findings } = rowWrites(
      [desired(name, 'Ann'), desired(client, 'a')],
      new Map(),
      cipherOf(),
      now,
    );
    expect(findings).toEqual([]);
    expect(rows).toEqual([
      {
        key: 'operator.name',
        stored: 'Ann',
        type: 'string',
        description: name.setting?.description,
        modifiedAt: now,
        modifiedBy: null,
        origin: 'explicit',
      },
      {
        key: 'auth.oauth.providers.google.client_id',
        stored: 'a',
        type: 'string',
        description: client.provider?.field.description,
        modifiedAt: now,
        modifiedBy: null,
        origin: 'explicit',
      },
    ]);
    expect(rows.map(({ description }) => typeof description)).toEqual(['string', 'string']);
    const flag = rowWrites([desired(keyOf('timmy.enabled'), 'true')], new Map(), cipherOf(), now);
    expect(flag.rows[0]?.type).toBe('bool');
  });

  it('keeps the key and the words of the row that is there', () => {
    const row = decoded(name, 'TMI');
    const there = { ...row[1], stored: { ...row[1].stored, key: 'Operator.Name' } };
    const { rows } = rowWrites([desired(name, 'Ann')], new Map([[name.key, there]]), cipherOf(), now);
    expect(rows[0]).toMatchObject({
      key: 'Operator.Name',
      description: 'a server wrote this',
      stored: 'Ann',
      modifiedAt: now,
    });
    const silent = decoded(name, 'TMI', { description: null });
    const described = rowWrites([desired(name, 'Ann')], new Map([silent]), cipherOf(), now);
    expect(described.rows[0]?.description).toBe(name.setting?.description);
  });

  it('has another origin alone where its value stays', () => {
    const facts = { modifiedBy: '7b1d1c3e-0000-4000-8000-000000000001' };
    const same = [desired(name, 'TMI', { sameValue: true })];
    const { rows } = rowWrites(same, new Map([decoded(name, 'TMI', facts)]), cipherOf(KEY), now);
    expect(rows).toEqual([
      {
        key: name.key,
        stored: 'TMI',
        type: 'string',
        description: 'a server wrote this',
        modifiedAt: earlier,
        modifiedBy: facts.modifiedBy,
        origin: 'explicit',
      },
    ]);
  });

  it('is encrypted where it is a secret that stood in plain text, at its old time', () => {
    const same = [desired(secret, 'CANARY', { sameValue: true })];
    const plain = new Map([decoded(secret, 'CANARY')]);
    const [row] = rowWrites(same, plain, cipherOf(KEY), now).rows;
    expect(unseal(row?.stored ?? '', KEY)).toBe('CANARY');
    expect(row?.modifiedAt).toBe(earlier);
    expect(rowWrites(same, plain, cipherOf(), now).rows[0]?.stored).toBe('CANARY');
    const sealed = seal('CANARY', KEY);
    const [kept] = rowWrites(same, new Map([decoded(secret, sealed)]), cipherOf(KEY), now).rows;
    expect(kept?.stored).toBe(sealed);
  });

  it('is made anew where the same value has no row', () => {
    const { rows } = rowWrites([desired(name, 'Ann', { sameValue: true })], new Map(), cipherOf(), now);
    expect(rows[0]).toMatchObject({ stored: 'Ann', modifiedAt: now });
  });

  it('is a finding where it is too long once it is encrypted, beside those that are not', () => {
    const { rows, findings } = rowWrites(
      [desired(name, 'Ann'), desired(secret, long)],
      new Map(),
      cipherOf(KEY),
      now,
    );
    expect(rows.map(({ key }) => key)).toEqual(['operator.name']);
    expect(findings).toEqual([
      {
        code: 'settings/value-too-long',
        severity: 'error',
        message: expect.stringMatching(
          /^timmy\.llm_api_key: A value has \d+ characters once encrypted/,
        ) as string,
        key: 'timmy.llm_api_key',
        hint: 'Shorten the value to fewer than 2,900 bytes.',
      },
    ]);
  });

  it('hides no other fault', () => {
    const broken = {
      canEncrypt: true,
      seal: () => {
        throw new TypeError('a fault of the tool');
      },
    } as unknown as ReturnType<typeof cipherOf>;
    expect(() => rowWrites([desired(name, 'Ann')], new Map(), broken, now)).toThrow(TypeError);
    const facts = {
      cipher: broken,
      production: false,
      now,
      options: { allowPlaintextSecrets: true } as never,
    };
    expect(() => mayStore(name, 'Ann', facts)).toThrow(TypeError);
  });
});

describe('a secret may be stored', () => {
  const facts = (key: string | undefined, allowPlaintextSecrets: boolean, production: boolean) => ({
    cipher: cipherOf(key),
    options: { allowPlaintextSecrets } as never,
    production,
    now,
  });

  it.each([
    [KEY, false, true, true],
    [undefined, true, false, true],
    [undefined, true, true, false],
    [undefined, false, false, false],
  ] as const)('with the key %s, allowed %s, in production %s: %s', (key, allowed, production, expected) => {
    expect(mayStoreSecrets(facts(key, allowed, production))).toBe(expected);
    expect(mayStore(secret, 'CANARY', facts(key, allowed, production))).toBe(expected);
    expect(mayStore(name, 'Ann', facts(key, allowed, production))).toBe(true);
  });

  it('where it is not too long once it is encrypted', () => {
    expect(mayStore(secret, long, facts(KEY, false, true))).toBe(false);
    expect(mayStore(secret, long, facts(undefined, true, false))).toBe(true);
  });
});

describe('what stops a plan', () => {
  const position = { line: 3, column: 3 };
  const entry = (facts: object): never =>
    ({ action: 'moves', path: name.path, key: name.key, position, reason: 'new-row', ...facts }) as never;
  const facts = (more: object): Parameters<typeof blockersOf>[0] =>
    ({
      inputs: { document: { file: 'config.yml' }, cipher: cipherOf(KEY), options: {}, production: false },
      entries: [],
      shadows: [],
      desired: [],
      writes: [],
      stuck: [],
      proof: undefined,
      ...more,
    }) as never;

  it('is nothing by itself', () => expect(blockersOf(facts({}))).toEqual([]));

  it('is a value too long, at the place that states it, or at none', () => {
    const finding = { code: 'settings/value-too-long', severity: 'error', message: 'm', key: name.path };
    const rows = [desired(secret, 'a'), desired(name, 'b')];
    const entries = [
      entry({ key: undefined }),
      entry({ key: secret.key, position: { line: 9, column: 9 } }),
      entry({}),
    ];
    const writes = [finding];
    expect(blockersOf(facts({ writes, desired: rows, entries }))).toEqual([
      { ...finding, file: 'config.yml', position },
    ]);
    expect(blockersOf(facts({ writes, desired: rows, entries: [entry({ position: undefined })] }))).toEqual([
      finding,
    ]);
    expect(blockersOf(facts({ writes, desired: [], entries }))).toEqual([finding]);
    const inputs = { ...facts({}).inputs, document: undefined };
    expect(blockersOf(facts({ inputs, writes, desired: rows, entries }))).toEqual([finding]);
  });

  it('is a row that somebody set, and one that would come to light', () => {
    const entries = [
      entry({ reason: 'explicit-differs', value: 'Ann', current: 'Bea' }),
      entry({ reason: 'row-surfaces', path: 'google.icon', key: 'auth.oauth.providers.google.icon' }),
      entry({ reason: 'new-row' }),
    ];
    const found = blockersOf(facts({ entries }));
    expect(found.map(({ message, key, code }) => [code, message, key])).toEqual([
      [
        'legacy/conflict',
        'operator.name is Ann here, but somebody set the row operator.name to Bea',
        'operator.name',
      ],
      [
        'legacy/conflict',
        'google.icon is in the database only and would take effect once the provider leaves the file',
        'auth.oauth.providers.google.icon',
      ],
    ]);
    for (const { hint } of found)
      expect(hint).toBe(
        'Decide with --on-conflict keep (the row stays) or --on-conflict overwrite (the file wins).',
      );
  });

  it('is a proof that fails, key by key, with what is in use before and after', () => {
    const differences = [
      { key: 'operator.name', before: 'Ann', after: undefined },
      { key: 'operator.contact', before: '', after: 'b' },
    ];
    expect(blockersOf(facts({ proof: { differences, chosen: [] } }))).toEqual([
      {
        code: 'legacy/proof-failed',
        severity: 'error',
        message: 'operator.name is Ann now and would be not set afterwards',
        key: 'operator.name',
        hint: 'Nothing is written while a setting would change. Please report this with the plan (--dry-run --json).',
      },
      expect.objectContaining({ message: 'operator.contact is empty now and would be b afterwards' }),
    ]);
  });
});

describe('faults in keys that server 1.8 leaves in the file', () => {
  const diagnostic = { code: 'config/invalid-value', severity: 'error', message: 'm' } as const;
  const reading: Reading = {
    statements: [],
    remarks: [],
    renames: [],
    doubts: [],
    faultsIfMoved: [{ diagnostic }],
  };

  it('are warnings there, and stop an import for any other server', () => {
    const settled = settleFaults(reading, '1.8');
    expect(settled).toEqual({
      ...reading,
      faultsIfMoved: [],
      doubts: [{ ...diagnostic, severity: 'warning' }],
      remarks: [],
    });
    expect(thrown(() => settleFaults(reading, 'documented'))).toMatchObject({
      code: 'legacy/invalid-values',
      diagnostics: [diagnostic],
    });
  });
});

describe('rows that are put back', () => {
  it('are none where there is no table any more, which is looked at first', async () => {
    const database = await connectFresh('sqlite');
    const seen: boolean[] = [];
    const rows = [{ key: 'operator.name', row: undefined }];
    const result = await restoreRows(database, rows, ({ exists }) => void seen.push(exists));
    expect([result, seen]).toEqual([{ restored: 0, removed: 0 }, [false]]);
  });
});
