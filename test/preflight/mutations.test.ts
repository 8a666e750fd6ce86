import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validationText } from '../../commands/output/diagnostics-text.js';
import { validationGithub } from '../../commands/output/github.js';
import { validationJson } from '../../commands/output/validation-json.js';
import { validationJunit } from '../../commands/output/junit.js';
import { validationSarif } from '../../commands/output/sarif.js';
import { plainStyle } from '../../commands/output/style.js';
import type { ValidationReport } from '../../commands/output/validation.js';
import { serverRules } from '../../src/preflight/rules/index.js';
import { offlineTiers } from '../../src/preflight/selection.js';
import { validate } from '../../src/preflight/validate.js';

const CANARY = 'Zq7kanarieWm4';

/** A file with a secret in every place that has one, in every style. */
const base = `# TMI
server:
  port: "8080"
  base_url: https://tmi.example.com
  tls_enabled: true
  cors: {allowed_origins: ["*", https://tmi.example.com]}
database:
  url: postgres://tmi:${CANARY}@db.internal/tmi?sslmode=disable
  redis:
    password: "${CANARY}"   # was: password=${CANARY}
  postgres:
    password: '${CANARY}'
auth:
  build_mode: prod
  jwt:
    secret: |
      ${CANARY}
      ${CANARY}
    # secret: ${CANARY}
    signing_method: HS256
  oauth:
    providers:
      google:
        enabled: true
        client_secret: >-
          ${CANARY}
        scopes: [openid]
timmy:
  llm_api_key: ${CANARY}
  embedding_api_key: ${CANARY}
alerting: {enabled: true, webhook_secret: &hook ${CANARY}}
secrets:
  vault_token: vault://tmi?default=${CANARY}
content_token_encryption_key: *hook
`;

const environment = {
  TMI_JWT_SECRET: CANARY,
  TMI_DATABASE_URL: `postgres://tmi:${CANARY}@db/tmi`,
  DATABASE_URL: `postgres://tmi:${CANARY}@other/tmi`,
  JWT_SECRET: CANARY,
  OAUTH_PROVIDERS_GOOGLE_ENABLED: 'true',
  OAUTH_PROVIDERS_GOOGLE_CLIENT_SECRET: CANARY,
};

/** Everything that any format prints about a text. */
async function printed(text: string | Uint8Array, env: Readonly<Record<string, string>>): Promise<string> {
  const source = { name: 'config.yml', bytes: Buffer.from(text as string) };
  const target = await validate(source, env, { tiers: offlineTiers, strict: true });
  const report: ValidationReport = {
    targets: [target],
    findings: target.findings,
    rules: serverRules,
    failOn: 'warning',
  };
  return [
    validationText(report, plainStyle, false),
    validationJson(report),
    validationGithub(report),
    validationJunit(report),
    validationSarif(report),
  ].join('\n');
}

type Mutation = (text: string) => string;

const lines = (change: (lines: string[], at: number, other: number) => void) =>
  fc.tuple(fc.nat(), fc.nat()).map(([a, b]): Mutation => (text) => {
    const parts = text.split('\n');
    change(parts, a % parts.length, b % parts.length);
    return parts.join('\n');
  });

/** A place in the text that is not inside of a canary: half a secret could not be recognised. */
function outside(text: string, at: number): number {
  const place = at % (text.length + 1);
  const start = text.lastIndexOf(CANARY, place);
  return start >= 0 && place > start && place < start + CANARY.length ? start : place;
}

const inserted = fc.constantFrom(
  ' ',
  '\t',
  '\n',
  ':',
  '-',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  '#',
  '&a ',
  '*a',
  '|',
  '!x ',
  ',',
  'x',
  '\u0000',
  '\u2028',
  'ü',
);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  lines((parts, at) => parts.splice(at, 1)),
  lines((parts, at) => parts.splice(at, 0, parts[at] ?? '')),
  lines((parts, at, other) => {
    [parts[at], parts[other]] = [parts[other] ?? '', parts[at] ?? ''];
  }),
  lines((parts, at, other) => {
    parts[at] = ' '.repeat(other % 9) + (parts[at] ?? '').trimStart();
  }),
  lines((parts, at) => parts.splice(at)),
  fc.tuple(fc.nat(), inserted).map(([at, extra]): Mutation => (text) => {
    const place = outside(text, at);
    return text.slice(0, place) + extra + text.slice(place);
  }),
  fc.nat().map((at): Mutation => (text) => {
    const place = outside(text, at);
    return text.startsWith(CANARY, place) ? text : text.slice(0, place) + text.slice(place + 1);
  }),
);

describe('any file', () => {
  it('prints no secret of the file as it is', async () => {
    expect(await printed(base, {})).not.toContain(CANARY);
    expect(await printed(base, environment)).not.toContain(CANARY);
  });

  it('is validated without a crash and without printing a secret, however it is mutated', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutation, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (mutations, withEnv) => {
          const text = mutations.reduce((current, mutate) => mutate(current), base);
          expect(await printed(text, withEnv ? environment : {})).not.toContain(CANARY);
        },
      ),
      { numRuns: 2000 },
    );
  }, 120_000);

  it('is validated without a crash when it is random bytes or random YAML', async () => {
    const word = fc.constantFrom(
      'server',
      'auth',
      'jwt',
      'secret',
      ': ',
      ':\n  ',
      '\n',
      '- ',
      '"',
      '{',
      '}',
      '[',
      ']',
      'null',
      '5s',
      '<<: *a',
      '&a ',
      '*a',
      'providers',
      'oauth',
      '__proto__',
      'constructor',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string({ maxLength: 200 }),
          fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
        ),
        async (content) => {
          expect(await printed(content, {})).toContain('"kind": "validation"');
        },
      ),
      { numRuns: 1000 },
    );
  }, 120_000);

  it('survives any environment', async () => {
    const name = fc.constantFrom(
      ...Object.keys(environment),
      'TMI_SERVER_PORT',
      'PORT',
      'TMI_TRUSTED_PROXIES',
      'TMI_CORS_ALLOWED_ORIGINS',
      'TMI_REDIS_URL',
      'TMI_X',
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, fc.string({ maxLength: 30 })), async (env) => {
        expect(await printed('server:\n  port: "8080"\n', env)).toContain('"kind": "validation"');
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});
