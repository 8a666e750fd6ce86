import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { knexClients, knexTransactionClass } from '../../src/database/knex-private.js';

interface PackageJson {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as PackageJson;

/** What clients of ours replace or call, by the class of knex that has it. */
const replaced = {
  postgres: ['acquireRawConnection', 'query', 'destroyRawConnection', 'transaction', 'processResponse'],
  mysql: ['acquireRawConnection', 'query', 'destroyRawConnection', 'transaction', 'processResponse'],
  sqlite: [
    'acquireRawConnection',
    'query',
    'destroyRawConnection',
    '_driver',
    'transaction',
    'processResponse',
  ],
  mssql: [
    'acquireRawConnection',
    'query',
    '_query',
    'destroyRawConnection',
    'transaction',
    'processResponse',
  ],
  oracle: [
    'acquireRawConnection',
    'query',
    '_query',
    '_driver',
    'destroyRawConnection',
    'transaction',
    'processResponse',
    'processPassedConnection',
    'wrapIdentifierImpl',
  ],
} as const satisfies Record<keyof typeof knexClients, readonly string[]>;

describe('what knex does not publish', () => {
  it('is that of the version that package.json pins', () => {
    const wanted = json('package.json').dependencies['knex'];
    expect(wanted).toMatch(/^\d+\.\d+\.\d+$/);
    expect(json('node_modules/knex/package.json').version).toBe(wanted);
  });

  it.each(Object.keys(replaced) as (keyof typeof replaced)[])('has every method of %s', async (engine) => {
    const { prototype } = await knexClients[engine]();
    const methods = prototype as unknown as Record<string, unknown>;
    expect(replaced[engine].filter((name) => typeof methods[name] !== 'function')).toEqual([]);
  });

  it('has a class for transactions, which sends its own statements', async () => {
    const { prototype } = await knexTransactionClass();
    const methods = prototype as unknown as Record<string, unknown>;
    const wanted = ['begin', 'commit', 'rollback', 'query'];
    expect(wanted.filter((name) => typeof methods[name] !== 'function')).toEqual([]);
  });

  it('is named in one file alone', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .map((name) => path.join('src', name))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
    expect(files.length).toBeGreaterThan(300);
    const users = files.filter((name) => /['"`]knex\/lib\//.test(readFileSync(name, 'utf8')));
    expect(users).toEqual(['src/database/knex-private.ts']);
  });
});
