import { expect, it } from 'vitest';
import { planDigest, type DigestInputs } from '../../src/legacy/plan-digest.js';

const row = (key: string) => ({
  key,
  stored: 'x',
  type: 'string',
  originText: 'explicit',
  modifiedAtIso: '2026-01-01T00:00:00.000Z',
});

/** The parts that a digest is made of, and no others. */
function inputs(): Record<string, unknown> {
  const value = (key: string) => [key, { key: { key }, text: 'v' }];
  return {
    source: {
      reading: { statements: [{ key: { key: 'operator.name' }, text: 'Ops' }] },
      environment: { values: new Map([value('b'), value('a')] as never) },
      older: new Map([
        ['host', { variable: 'POSTGRES_HOST', text: 'h' }],
        ['database', { variable: 'POSTGRES_DATABASE', text: 'd' }],
      ]),
    },
    fileBytes: Buffer.from('a: 1\n'),
    options: { server: 'documented' },
    table: {
      exists: true,
      hasOrigin: true,
      rows: new Map([
        ['b', row('b')],
        ['a', row('a')],
      ]),
    },
    target: { engine: 'postgres', host: 'h', port: 5432, database: 'd', user: 'u' },
    production: false,
    encrypts: false,
    rewrite: 'in-place',
  };
}

/** The digest of a plan with another value at one place. */
function digest(place: readonly string[] = [], value?: unknown): string {
  const made = inputs();
  let holder = made;
  for (const name of place.slice(0, -1)) {
    const next = holder instanceof Map ? (holder.get(name) as unknown) : holder[name];
    holder = next as Record<string, unknown>;
  }
  const last = place.at(-1);
  if (last !== undefined && holder instanceof Map) holder.set(last, value);
  else if (last !== undefined) holder[last] = value;
  return planDigest(made as unknown as DigestInputs);
}

it('has sixteen digits, the same for the same plan', () => {
  expect(digest()).toMatch(/^[0-9a-f]{16}$/);
  expect(digest()).toBe(digest());
});

const swapped = (map: unknown): unknown => new Map([...(map as Map<string, unknown>)].reverse());

it('does not depend on the order in which rows and variables come', () => {
  const { table, source } = inputs() as {
    table: { rows: unknown };
    source: { environment: { values: unknown }; older: unknown };
  };
  expect(digest(['table', 'rows'], swapped(table.rows))).toBe(digest());
  expect(digest(['source', 'environment', 'values'], swapped(source.environment.values))).toBe(digest());
  expect(digest(['source', 'older'], swapped(source.older))).toBe(digest());
});

it.each<[readonly string[], unknown]>([
  [['source', 'reading', 'statements'], []],
  [['source', 'reading', 'statements'], [{ key: { key: 'operator.name' }, text: 'Others' }]],
  [['source', 'reading', 'statements'], [{ key: { key: 'operator.contact' }, text: 'Ops' }]],
  [['source', 'environment', 'values'], new Map()],
  [['source', 'environment', 'values', 'a'], { key: { key: 'a' }, text: 'w' }],
  [['source', 'environment', 'values', 'a'], { key: { key: 'c' }, text: 'v' }],
  [['source', 'older'], new Map()],
  [['source', 'older', 'host'], { variable: 'POSTGRES_HOST', text: 'i' }],
  [['fileBytes'], undefined],
  [['fileBytes'], Buffer.from('a: 2\n')],
  [['options', 'server'], '1.8'],
  [['table', 'exists'], false],
  [['table', 'hasOrigin'], false],
  [['table', 'rows'], new Map()],
  [['table', 'rows', 'a', 'key'], 'c'],
  [['table', 'rows', 'a', 'stored'], 'y'],
  [['table', 'rows', 'a', 'type'], 'bool'],
  [['table', 'rows', 'a', 'originText'], 'seeded'],
  [['table', 'rows', 'a', 'modifiedAtIso'], '2026-01-01T00:00:00.001Z'],
  [['target', 'database'], 'e'],
  [['target', 'host'], 'i'],
  [['production'], true],
  [['encrypts'], true],
  [['rewrite'], 'output:/srv/new.yml'],
])('is another one with %j %j', (place, value) => {
  expect(digest(place, value)).not.toBe(digest());
});
