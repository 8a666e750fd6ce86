import { Ajv } from 'ajv';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { configurationSchema, type SchemaKind } from '../../src/preflight/documents/json-schema.js';
import { settingsReference } from '../../src/preflight/documents/reference.js';
import { productionSkeleton, skeletonProviders } from '../../src/preflight/documents/skeleton.js';
import { rulesMarkdown } from '../../src/preflight/documentation.js';
import { offlineTiers } from '../../src/preflight/selection.js';
import { validate } from '../../src/preflight/validate.js';
import { providerFamilies, settings } from '../../src/registry/index.js';

function accepts(kind: SchemaKind, yaml: string): boolean {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  return ajv.compile(configurationSchema(kind))(load(yaml));
}

/** How much the loops below go through at the least: a loop over nothing would find nothing wrong. */
const LEAST = {
  settings: 160,
  inFile: 150,
  variables: 140,
  families: 3,
  bootstrap: 55,
  nodes: 100,
  values: 100,
};

const legacyFile = `
server: {port: 8080, read_timeout: 1m30s, disable_rate_limiting: false}
auth:
  oauth:
    providers:
      google: {enabled: true, scopes: [openid], userinfo: [{url: https://x.example.com, claims: {a: b}}]}
administrators: [{provider: google, email: ann@example.com, subject_type: user}]
`;

describe('configuration schema', () => {
  it.each(['bootstrap', 'legacy'] as const)('is a valid schema: %s', (kind) => {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    expect(ajv.validateSchema(configurationSchema(kind))).toBe(true);
    expect(() => ajv.compile(configurationSchema(kind))).not.toThrow();
  });

  it('takes the operational settings of an old file in the legacy schema only', () => {
    expect(accepts('legacy', legacyFile)).toBe(true);
    expect(accepts('bootstrap', legacyFile)).toBe(false);
  });

  it.each([
    'server: {prot: "8080"}',
    'server: {port: 80800}',
    'server: {read_timeout: 5}',
    'server: {read_timeout: 5 seconds}',
    'server: {tls_enabled: "yes"}',
    'logging: {level: verbose}',
    'auth: {build_mode: prod}',
    'database: {connection_pool: {max_open_conns: ten}}',
    'server: []',
  ])('refuses %s', (yaml) => {
    expect(accepts('bootstrap', yaml)).toBe(false);
    expect(accepts('legacy', yaml)).toBe(false);
  });

  it('describes every setting of a file, and its own defaults and examples fit', () => {
    const schema = JSON.stringify(configurationSchema('legacy'));
    const inFile = settings.filter(({ path }) => path !== null);
    expect(inFile.length).toBeGreaterThan(LEAST.inFile);
    for (const { description } of inFile) {
      expect(schema).toContain(JSON.stringify(description).slice(1, -1));
    }
    const collect = (node: unknown, found: Record<string, unknown>[]): Record<string, unknown>[] => {
      if (typeof node !== 'object' || node === null) return found;
      const record = node as Record<string, unknown>;
      if ('examples' in record || 'default' in record) found.push(record);
      for (const value of Object.values(record)) collect(value, found);
      return found;
    };
    const nodes = collect(configurationSchema('legacy'), []);
    let values = 0;
    for (const node of nodes) {
      const fits = new Ajv({ strict: true, allowUnionTypes: true }).compile(node);
      for (const value of [...((node['examples'] as unknown[] | undefined) ?? []), node['default'] ?? null]) {
        expect(fits(value), JSON.stringify({ node, value })).toBe(true);
        values += 1;
      }
    }
    expect(nodes.length).toBeGreaterThan(LEAST.nodes);
    expect(values).toBeGreaterThan(LEAST.values);
  });
});

describe('settings reference', () => {
  it('names every setting, variable and provider field', () => {
    const text = settingsReference();
    const variables = settings.filter(({ env }) => env !== null);
    expect(settings.length).toBeGreaterThan(LEAST.settings);
    expect(variables.length).toBeGreaterThan(LEAST.variables);
    expect(providerFamilies).toHaveLength(LEAST.families);
    for (const { path, databaseKey } of settings) expect(text).toContain(`### ${path ?? databaseKey}\n`);
    for (const { env } of variables) expect(text).toContain(`\`${env}\``);
    for (const { path } of providerFamilies) expect(text).toContain(`### ${path}.<id>\n`);
  });
});

describe('production skeleton', () => {
  it.each(skeletonProviders)('passes validation for production and fits the schema: %s', async (provider) => {
    const text = productionSkeleton(provider);
    const { findings, profile } = await validate(
      { name: 'config.yml', bytes: Buffer.from(text) },
      {},
      // A Go server has three of the providers only.
      { tiers: offlineTiers, server: 'documented' },
    );
    expect(profile).toBe('production');
    expect(findings).toEqual([]);
    expect(accepts('bootstrap', text)).toBe(true);
  });

  it('is valid too when every comment that holds a setting is uncommented', async () => {
    const text = productionSkeleton('env').replace(/^(\s*)# ([a-z_]+:( .*)?)$/gm, '$1$2');
    const { findings } = await validate(
      { name: 'config.yml', bytes: Buffer.from(text) },
      {},
      { tiers: new Set(['syntax', 'schema'] as const) },
    );
    expect(findings).toEqual([]);
  });

  it('mentions every bootstrap setting', () => {
    const text = productionSkeleton('env');
    const bootstrap = settings.filter(
      ({ path, category, env }) => path !== null && category === 'bootstrap' && env !== null,
    );
    expect(bootstrap.length).toBeGreaterThan(LEAST.bootstrap);
    for (const { env } of bootstrap) expect(text).toContain(`(${env})`);
  });
});

describe('docs/rules.md', () => {
  it('is what --explain all prints', async () => {
    await expect(rulesMarkdown()).toMatchFileSnapshot('../../docs/rules.md');
  });
});
