import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { offlineTiers } from '../../src/preflight/selection.js';
import { validate } from '../../src/preflight/validate.js';

/** A configuration with one thing changed, and whether a Go server 1.8.22 started: `fixtures/observed/README.md`. */
interface Observed {
  readonly what: string;
  readonly file: string;
  readonly started: boolean;
}

const observed = readFileSync('fixtures/observed/starts.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Observed);

/** What the documentation forbids in production, whether a server starts with it or not. */
const forbidden: ReadonlySet<string> = new Set([
  'build-mode-unknown',
  'database-tls-off',
  'inline-secret',
  'jwt-secret-guessable',
  'jwt-secret-short',
]);

/** What an offline run cannot see. It says which option looks. */
const outside: readonly string[] = [
  'tls missing files',
  'tls mismatch',
  'interface nohost',
  'log dir unwritable',
  'db no such db',
];

/** Started or not as somebody else's server, or the number of databases that Redis has, would have it: a warning says so. */
const depends: Readonly<Record<string, string>> = {
  'redis db 99': 'redis-database-number',
  'oauth no subject claim': 'provider-subject-claim',
};

describe('configurations that a server was started with', () => {
  it.each(observed)('$what is judged as that server judged it', async ({ what, file, started }) => {
    const { findings } = await validate(
      { name: 'c.yml', bytes: Buffer.from(file) },
      {},
      { tiers: offlineTiers, server: '1.8', profile: 'production' },
    );
    const errors = findings.filter(({ rule, severity }) => severity === 'error' && !forbidden.has(rule));
    const rules = findings.map(({ rule }) => rule);
    if (what in depends) expect(rules).toContain(depends[what]);
    else if (started || outside.includes(what)) expect(errors).toEqual([]);
    else expect(errors).not.toEqual([]);
  });

  it('are all that were recorded', () => {
    expect(observed).toHaveLength(259);
    expect(observed.filter(({ what }) => outside.includes(what))).toHaveLength(outside.length);
  });
});
