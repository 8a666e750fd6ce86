import { describe, expect, it } from 'vitest';
import type { ServerModel } from '../../src/config/precedence.js';
import { imagineImport, type Imagined } from '../support/imagined-import.js';
import { Workspace } from '../support/workspace.js';

const content = (field: string): string =>
  `operator: {name: A}\ncontent_oauth: {providers: {confluence: {enabled: true, client_id: id, ${field}}}}\n`;
const login = (field: string): string =>
  `operator: {name: A}\nauth: {oauth: {providers: {corp: {enabled: true, client_id: id, ${field}}}}}\n`;

const imagine = (
  model: ServerModel,
  file: string,
  environment: Readonly<Record<string, string>> = {},
): Imagined => imagineImport({ model, file, environment, rows: [] });

const reasonsOf = (imagined: Imagined): Record<string, string> =>
  imagined.kind === 'refused'
    ? { refused: imagined.messages.join() }
    : Object.fromEntries(imagined.plan.entries.map(({ path, reason }) => [path, reason]));

describe('a value with which no server starts', () => {
  const kinds = [
    ['a list for a text', 'icon: [a]', 'icon'],
    ['a text for a list', 'required_scopes: a b', 'required_scopes'],
    ['a text for a map', 'extra_authorize_params: a', 'extra_authorize_params'],
  ] as const;

  it.each(kinds)('stops no import for server 1.8 in a content provider: %s', (_, field, name) => {
    const file = content(field);
    const imagined = imagine('1.8', file);
    const entry = 'content_oauth.providers.confluence';
    expect(reasonsOf(imagined)).toMatchObject({
      'operator.name': 'new-row',
      [`${entry}.${name}`]: 'not-valid',
      [`${entry}.client_id`]: 'with-unstorable',
    });
    if (imagined.kind === 'done') {
      expect(imagined.after.file).toBe(file.replace('operator: {name: A}\n', ''));
      expect(imagined.plan.writes.map(({ key }) => key)).toEqual(['operator.name']);
      expect(imagined.plan.notes.join('\n')).toContain(`${entry}.${name} is not valid`);
    }
    expect(imagine('documented', file)).toMatchObject({ kind: 'refused', codes: ['legacy/invalid-values'] });
  });

  it('stops no import for server 1.8 in a setting or a variable that stays', () => {
    const file = 'operator: {name: A}\nauth: {jwt: {expiration_seconds: 0}}\n';
    expect(reasonsOf(imagine('1.8', file))).toMatchObject({ 'auth.jwt.expiration_seconds': 'not-valid' });
    expect(imagine('documented', file)).toMatchObject({ kind: 'refused' });
    const variable = { TMI_JWT_EXPIRATION_SECONDS: 'soon' };
    const imagined = imagine('1.8', 'operator: {name: A}\n', variable);
    expect(imagined).toMatchObject({ kind: 'done', plan: { notes: [expect.stringContaining('TMI_JWT')] } });
    expect(imagine('documented', 'operator: {name: A}\n', variable)).toMatchObject({ kind: 'refused' });
  });

  it('stops every import in a key that moves, and is then listed with the others', () => {
    const file = `${login('icon: [a]')}content_oauth: {providers: {confluence: {icon: [a]}}}\n`;
    expect(imagine('1.8', file)).toMatchObject({ kind: 'refused', codes: ['legacy/invalid-values'] });
  });

  it.each(['documented', '1.8'] as const)('stays in server.base_url for a server %s', (model) => {
    const imagined = imagine(model, 'operator: {name: A}\nserver: {base_url: [a]}\n');
    expect(reasonsOf(imagined)).toMatchObject({ 'server.base_url': 'not-valid', 'operator.name': 'new-row' });
  });
});

describe('a value that servers take and no row can hold', () => {
  it.each(['documented', '1.8'] as const)(
    'keeps its login provider whole in the file for a server %s',
    (model) => {
      const file = login('userinfo: [{url: "", claims: {subject_claim: id}}], scopes: []');
      const imagined = imagine(model, file);
      const entry = 'auth.oauth.providers.corp';
      expect(reasonsOf(imagined)).toMatchObject({
        [`${entry}.userinfo`]: 'not-storable',
        [`${entry}.client_id`]: 'with-unstorable',
        [`${entry}.enabled`]: 'with-unstorable',
        'operator.name': 'new-row',
      });
      if (imagined.kind !== 'done') return;
      expect(imagined.after.file).toBe(file.replace('operator: {name: A}\n', ''));
      expect(imagined.plan.writes.map(({ key }) => key)).toEqual(['operator.name']);
    },
  );

  it('keeps a content provider whole, also where it would move', () => {
    const imagined = imagine('documented', content('client_secret: "ENC:v1:x"'));
    expect(reasonsOf(imagined)).toMatchObject({
      'content_oauth.providers.confluence.client_secret': 'not-storable',
      'content_oauth.providers.confluence.client_id': 'with-unstorable',
    });
  });
});

describe('a secret that may not be stored', () => {
  it('stays with its content provider for server 1.8, and stops the import for another', async () => {
    const w = await Workspace.create('sqlite', content('client_secret: CANARY-1'));
    const run = (server: string) =>
      w.import(['--dry-run', '--json', '--server', server, '--database-url', w.url]);
    const stays = await run('1.8');
    expect(stays.code, stays.err).toBe(0);
    expect(stays.out).toContain('not-stored');
    expect(stays.out).not.toContain('CANARY');
    expect((await run('documented')).out).toContain('legacy/plaintext-secret');
  });
});

describe('the validator', () => {
  it.each([
    [
      'administrators that no row can hold',
      'administrators: [{subject: ann@example.org, subject_type: user}]\n',
    ],
    ['a provider of which one field fits no row', login('userinfo: [{claims: {a: b}}]').replace(/^.*\n/, '')],
    ['an empty text over a default', 'websocket: {inactivity_timeout_seconds: 300}\noperator: {name: ""}\n'],
    ['a value that a row can hold', 'operator: {name: A}\n'],
  ])('recommends an import only where it would do something: %s', async (_, file) => {
    const w = await Workspace.create('sqlite', file);
    const check = await w.run(['validate-config', 'config.yml', '--server', 'documented', '--json']);
    const { findings } = JSON.parse(check.out) as { findings: { rule: string; hint?: string }[] };
    const drift = findings.filter(({ rule }) => rule === 'drift');
    const recommends = drift.some(({ hint }) => hint?.includes('import-legacy'));
    const plan = await w.import(['--server', 'documented', '--dry-run', '--database-url', w.url]);
    expect(drift.length).toBeGreaterThan(0);
    expect({ recommends }).toEqual({ recommends: !plan.out.includes('Nothing to do') });
  });
});
