import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRecord, numberText, parseExact } from '../../../src/secrets/exact-json.js';
import {
  NARROW_TOKEN,
  ROLE,
  startVault,
  WRAPPING_TOKEN,
  type VaultStandIn,
} from '../../support/stand-ins/vault.js';

interface Recorded {
  readonly what: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly body: Record<string, unknown> | null;
    readonly token: string;
    readonly headers?: Record<string, string>;
  };
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const { answers } = JSON.parse(readFileSync('fixtures/secrets/openbao.json', 'utf8')) as {
  answers: Recorded[];
};

let vault: VaultStandIn;
let loginToken = '';

beforeAll(async () => {
  vault = await startVault({
    mounts: { 'team/app/kv': 2, kv1: 1, up: 2 },
    rights: ['secret/data/tmi'],
    retryAfter: '2',
  });
  const long = '12345678901234567890';
  vault.shelf.put('tmi', `{"d":1.10,"jwt_secret":"v","n":${long},"o":{"id":${long}}}`);
  vault.shelf.put(
    'kv1/num',
    `{"dec":0.12345678901234567890,"f":1.10,"id":${long},"one":1.0,"sci":1E+2,"text":"x"}`,
  );
  vault.shelf.put('del', 'deleted');
  vault.shelf.put('des', 'destroyed');
  vault.shelf.put('up/k1', '{"a":"1"}');
});
afterAll(() => vault.close());

function tokenOf(label: string): string | undefined {
  const tokens: Record<string, string | undefined> = {
    root: vault.environment()['VAULT_TOKEN'],
    none: undefined,
    'may read secret/data/tmi only': NARROW_TOKEN,
    'login token': loginToken,
    'wrapping token': WRAPPING_TOKEN,
  };
  return label in tokens ? tokens[label] : `hvs.${label.replaceAll(' ', '-')}`;
}

function bodyOf({ body }: Recorded['request']): string | null {
  if (!body) return null;
  const text = JSON.stringify(body).replace('ROLE-ID', ROLE.role_id);
  return text.replace('SECRET-ID', ROLE.secret_id);
}

/** What is another one on every server: times, ids, versions. Of each only whether it is there. */
const ownToEach =
  /^(request_id|accessor|uuid|description|.*_time|server_time_utc|client_token|entity_id|running_plugin_version)$/;

function comparable(value: unknown, key = ''): unknown {
  const number = numberText(value);
  if (number !== undefined) return ownToEach.test(key) ? 'own' : `number ${number}`;
  if (ownToEach.test(key)) return value === '' || value === null ? value : 'own';
  if (Array.isArray(value)) return value.map((part) => comparable(part));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([name]) => name !== 'canary' && name !== 'description');
  return Object.fromEntries(entries.map(([name, part]) => [name, comparable(part, name)]));
}

const parsed = (text: string): unknown => (text === '' ? undefined : comparable(parseExact(text)));

describe('the stand-in of Vault answers as the recorded server did', () => {
  it('has all that was recorded', () => {
    expect(answers).toHaveLength(51);
  });

  it.each(answers.map((answer) => [answer.what, answer] as const))('%s', async (what, recorded) => {
    vault.state = what.startsWith('rate limit')
      ? 'throttled'
      : what.startsWith('not initialised')
        ? 'not initialised'
        : what.startsWith('sealed')
          ? 'sealed'
          : 'ready';
    const { method, path, token, headers } = recorded.request;
    const used = tokenOf(token);
    const answer = await fetch(`${vault.http?.url ?? ''}${path}`, {
      method,
      body: bodyOf(recorded.request),
      headers: { ...headers, ...(used === undefined ? {} : { 'X-Vault-Token': used }) },
    });
    const text = await answer.text();
    const of = (name: string) => answer.headers.get(name) ?? undefined;
    expect(answer.status).toBe(recorded.status);
    expect(parsed(text)).toEqual(parsed(recorded.body));
    for (const name of ['content-type', 'cache-control', 'retry-after', 'x-ratelimit-reset']) {
      expect([name, of(name)]).toEqual([name, recorded.headers[name]]);
    }
    const login = text === '' ? undefined : (JSON.parse(text) as { auth?: { client_token?: string } });
    loginToken = login?.auth?.client_token ?? loginToken;
  });
});
