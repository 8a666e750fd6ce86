import { describe, expect, it } from 'vitest';
import {
  administratorFields,
  checkLimits,
  legacyPaths,
  providerFamilies,
  seedSet,
  settings,
  type ProviderField,
  type Setting,
} from '../../src/registry/index.js';
import { administratorFieldNames, databaseTypeOf, fromText, isNormalForm } from '../../src/values/index.js';

const nameOf = (setting: Setting): string => setting.path ?? setting.databaseKey ?? '?';
const named = settings.map((setting) => [nameOf(setting), setting] as const);
const fields = providerFamilies.flatMap((family) =>
  family.fields.map((field) => [`${family.path}.<id>.${field.name}`, field] as const),
);

function duplicates(names: readonly (string | null)[]): string[] {
  const present = names.filter((name) => name !== null);
  return present.filter((name, index) => present.indexOf(name) !== index);
}

/** A reference, or the path of a file: nothing that could be somebody's secret. */
const harmless = /^(vault|env|file):\/\/|^\/etc\/tmi\//;

it.each(Object.entries({ settings, providerFamilies, legacyPaths, administratorFields }))(
  '%s cannot be changed by a program that imports them',
  (_, table) => {
    const unfrozen = (value: unknown): unknown[] =>
      typeof value === 'object' && value !== null
        ? [...(Object.isFrozen(value) ? [] : [value]), ...Object.values(value).flatMap(unfrozen)]
        : [];
    expect(unfrozen(table)).toEqual([]);
  },
);

function expectValid(described: Pick<Setting | ProviderField, 'type' | 'example'>): void {
  expect(fromText(described.type, described.example)).toEqual({ ok: true, text: described.example });
  expect(described.example).not.toBe('');
}

describe('the registry as a whole', () => {
  it('names nothing twice', () => {
    expect(duplicates(settings.map((s) => s.path))).toEqual([]);
    expect(duplicates(settings.map((s) => s.databaseKey))).toEqual([]);
    expect(duplicates(settings.map((s) => s.env))).toEqual([]);
    expect(duplicates(settings.map((s) => s.databaseKey?.toLowerCase() ?? null))).toEqual([]);
  });

  it('describes every setting and field in words of its own', () => {
    const texts = [...settings, ...fields.map(([, field]) => field)].map(
      (described) => described.description,
    );
    expect(duplicates([...texts, ...providerFamilies.map((f) => f.description)])).toEqual([]);
    expect(texts.filter((text) => !/^[A-Z].{10,}\.$/.test(text))).toEqual([]);
  });

  it('has no path that is also a block', () => {
    const paths = settings.flatMap((s) => s.path ?? []);
    expect(paths.filter((path) => paths.some((other) => other.startsWith(`${path}.`)))).toEqual([]);
    const families = providerFamilies.map((f) => `${f.path}.`);
    expect(paths.filter((path) => families.some((family) => path.startsWith(family)))).toEqual([]);
  });

  it('does not use the reserved key', () => {
    expect(settings.map((s) => s.databaseKey)).not.toContain('reencrypt');
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(settings)).toBe(true);
  });
});

describe.each(named)('%s', (_, setting) => {
  it('has what its category needs', () => {
    const stored = setting.category === 'operational' || setting.alsoStored === true;
    expect(setting.databaseKey !== null).toBe(stored);
    expect(setting.databaseType).toBe(stored ? databaseTypeOf(setting.type) : null);
    expect(setting.server18Reads === null).toBe(setting.category === 'bootstrap');
    expect(setting.mutability).toBe(setting.category === 'operational' ? 'hot' : 'static');
    expect(setting.path ?? setting.databaseKey).not.toBeNull();
    expect(setting.databaseKey?.length ?? 0).toBeLessThanOrEqual(256);
    if (setting.env !== null) expect(setting.env).toMatch(/^TMI_[A-Z0-9_]+$/);
    expect(setting.consumers).toContain('monolith');
  });

  it('has a default in normal form and within its limits, or none', () => {
    if (setting.default === undefined || setting.default === '') return;
    expect(fromText(setting.type, setting.default)).toEqual({ ok: true, text: setting.default });
    expect(isNormalForm(databaseTypeOf(setting.type), setting.default)).toBe(true);
    expect(checkLimits(setting.type, setting.default, setting.limits)).toBeUndefined();
  });

  it('has an example that it would accept', () => {
    expectValid(setting);
    expect(checkLimits(setting.type, setting.example, setting.limits)).toBeUndefined();
    if (setting.secret) expect(setting.example).toMatch(harmless);
  });

  it('has neither a default nor a public face when it is secret', () => {
    if (!setting.secret) return;
    expect(setting.default).toBe('');
    expect(setting.visibility).not.toBe('public');
  });
});

describe.each(fields)('%s', (_, field) => {
  it('stores an example that it would accept', () => {
    expect(field.databaseType).toBe(databaseTypeOf(field.type));
    expectValid(field);
    if (field.secret) expect(field.example).toMatch(harmless);
  });
});

describe('provider families', () => {
  it.each(providerFamilies.map((family) => [family.kind, family] as const))(
    '%s names its fields once',
    (_, family) => {
      const names = family.fields.map((field) => field.name);
      expect(duplicates(names)).toEqual([]);
      expect(names).toContain('enabled');
      expect(names).toEqual(expect.arrayContaining(family.requiredWhenEnabled.flat()));
    },
  );

  it('spell ids with dashes for logins and underscores for content', () => {
    const accepts = (id: string) => providerFamilies.map((family) => family.idPattern.test(id));
    expect(accepts('google')).toEqual([true, true, true]);
    expect(accepts('azure-ad')).toEqual([true, true, false]);
    expect(accepts('google_drive')).toEqual([false, false, true]);
    for (const id of ['', '-a', '_a', 'Google', 'a.b', 'a b'])
      expect(accepts(id)).toEqual([false, false, false]);
  });
});

describe('administrators', () => {
  it('describe their fields in the order in which they are written', () => {
    expect(Object.keys(administratorFields)).toEqual(administratorFieldNames);
  });
});

describe('seedSet', () => {
  it('holds the operational settings with a default, and no others', () => {
    const rows = seedSet();
    expect(rows).toHaveLength(59);
    expect(rows.every((row) => row.setting.category === 'operational' && !row.setting.secret)).toBe(true);
    expect(rows.every((row) => row.value === row.setting.default)).toBe(true);
    expect(rows.filter((row) => row.value === '' || row.value === '[]')).toEqual([]);
    expect(rows.map((row) => row.databaseKey)).toEqual(
      expect.arrayContaining([
        'session.timeout_minutes',
        'features.saml_enabled',
        'server.ratelimit_public_rpm',
      ]),
    );
  });

  it('holds a derived default that follows from its source', () => {
    const derived = settings.filter((s) => s.derivedFrom);
    expect(derived).toHaveLength(1);
    for (const { derivedFrom, default: value } of derived) {
      const source = settings.find((s) => s.databaseKey === derivedFrom?.databaseKey);
      expect(value).toBe(String(Math.trunc(Number(source?.default) / (derivedFrom?.divideBy ?? 0))));
    }
  });
});
