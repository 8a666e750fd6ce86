import { expect, it } from 'vitest';
import { readFileLayer } from '../../src/config/file-layer.js';
import { readLeaves } from '../../src/config/leaves.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { snippetsOf } from '../../src/preflight/snippet.js';
import { validate } from '../../src/preflight/validate.js';
import { offlineTiers } from '../../src/preflight/selection.js';

const only = new Set(['invalid-value', 'unknown-key', 'earlier-name', 'inline-secret']);

async function findings(text: string) {
  const source = { name: 'config.yml', bytes: Buffer.from(text) };
  const options = { profile: 'production', tiers: offlineTiers, only } as const;
  return (await validate(source, {}, options)).findings;
}

it('answers a duration for a number of seconds with the number', async () => {
  const pool = (value: string): string => `database: {connection_pool: {conn_max_lifetime: ${value}}}\n`;
  for (const value of ['5m', '"5m"', '300s']) {
    const [finding] = await findings(pool(value));
    expect(finding).toMatchObject({ rule: 'invalid-value', expected: 'a number of seconds: 300' });
    expect(finding).not.toHaveProperty('hint');
  }
  // An import says the same of a setting that moves, without an example that says otherwise.
  const file = 'auth: {jwt: {expiration_seconds: 5m}}\n';
  const layer = readFileLayer(readLeaves(parseYaml(Buffer.from(file), 'config.yml').root), 'config.yml');
  expect(layer.diagnostics).toMatchObject([
    { message: expect.stringContaining('a number of seconds: 300') as string },
  ]);
  expect(layer.diagnostics[0]).not.toHaveProperty('hint');
  const [odd] = await findings(pool('1500ms'));
  expect(odd?.expected).toContain('a whole number');
  const [count] = await findings('database: {connection_pool: {max_open_conns: 5m}}\n');
  expect(count?.expected).toContain('a whole number');
});

it.each([
  ['saml: {providers: }\n', 'saml.providers', 'auth.saml.providers'],
  ['saml: {providers: {okta: }}\n', 'saml.providers.okta', 'auth.saml.providers.okta'],
  ['saml: {}\n', 'saml', 'auth.saml'],
])('takes the empty block in %j for an older name, and for no unknown key', async (text, key, now) => {
  expect(await findings(text)).toMatchObject([{ rule: 'earlier-name', key, expected: now }]);
});

it('still calls a value in the place of such a block unknown', async () => {
  expect(await findings('saml: {providers: x}\n')).toMatchObject([{ rule: 'unknown-key' }]);
});

it.each([
  ['env', 'Delete the line: secrets.provider is env, which does not read it.'],
  ['vault', 'For example: env://VAULT_TOKEN'],
])('says of a token of Vault beside provider %s what to do with its line', async (provider, hint) => {
  const [finding] = await findings(`secrets: {provider: ${provider}, vault_token: hvs.CANARY}\n`);
  expect(finding).toMatchObject({ rule: 'inline-secret', key: 'secrets.vault_token', hint });
});

it("points at the administrator that is not valid, and names today's fields", async () => {
  const text = `administrators:
  - {provider: google, email: ann@example.com, subject_type: user}
  - {subject: bob@example.com, subject_type: user}
`;
  const [finding, ...rest] = await findings(text);
  expect(rest).toEqual([]);
  expect(finding).toMatchObject({ rule: 'invalid-value', position: { line: 3 } });
  expect(finding?.hint).toContain('provider_id or email');
});

it('shows what is no secret of a provider whose id no row can carry', () => {
  const text =
    'auth: {oauth: {providers: {Corp_X: {enabled: true, client_secret: CANARY, typo: CANARY-2}}}}\n';
  const shown = snippetsOf(parseYaml(Buffer.from(text), 'config.yml'))({ line: 1, column: 1 })?.text;
  expect(shown).toContain('enabled: true');
  expect(shown).toContain('client_secret: ********, typo: ********');
});
