import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { idleSecretNotes } from '../../src/legacy/idle-secrets.js';
import { passedOverNotes } from '../../src/legacy/variable-notes.js';
import { Workspace } from '../support/workspace.js';

describe('passedOverNotes', () => {
  it('says nothing about what is known, empty, or of an enabled provider', () => {
    expect(
      passedOverNotes({
        HOME: '/root',
        TMI_TIMMY_ENABLED: 'true',
        TMI_SECRET_ANYTHING: 'x',
        TMI_ADMIN_PROVIDER: 'x',
        TMI_WORKER_NATS_URL: 'x',
        TMI_DBTOOL_PROHIBIT_RESET: 'x',
        TMI_TEST_DATABASE: 'x',
        TMI_DATABASE_POSTGRES_HOST: 'x',
        TMI_LOGGING_LEVEL: 'x',
        TMI_NOBODY_KNOWS_IT: '',
        OAUTH_PROVIDERS_MY_IDP_ENABLED: 'true',
        OAUTH_PROVIDERS_MY_IDP_CLIENT_ID: 'x',
        OAUTH_PROVIDERS_MY_IDP_USERINFO_SECONDARY_CLAIMS_GROUPS: 'x',
        OAUTH_PROVIDERS_MY_IDP_ADDITIONAL_PARAMS_PROMPT: 'x',
        TMI_CONTENT_OAUTH_PROVIDERS_GOOGLE_DRIVE_ENABLED: 'true',
        TMI_CONTENT_OAUTH_PROVIDERS_GOOGLE_DRIVE_CLIENT_ID: 'x',
      }),
    ).toEqual([]);
  });

  it.each([
    ['false', 'OAUTH_PROVIDERS_OKTA_ENABLED is not true'],
    ['TRUE', 'OAUTH_PROVIDERS_OKTA_ENABLED must be exactly true'],
    ['1', 'OAUTH_PROVIDERS_OKTA_ENABLED must be exactly true'],
    [undefined, 'there is no OAUTH_PROVIDERS_OKTA_ENABLED'],
  ])('names a provider once that is not enabled (%s)', (enabled, why) => {
    const notes = passedOverNotes({
      OAUTH_PROVIDERS_OKTA_ENABLED: enabled,
      OAUTH_PROVIDERS_OKTA_CLIENT_ID: 'CANARY',
      OAUTH_PROVIDERS_OKTA_USERINFO_CLAIMS_SUBJECT_CLAIM: 'CANARY',
    });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain(why);
    expect(notes[0]).not.toContain('CANARY');
  });

  it('says each note word for word, in the order of the names', () => {
    expect(
      passedOverNotes({
        TMI_ZZZ: 'x',
        TMI_OPERATORNAME: 'x',
        TMI_EMPTY: '',
        OAUTH_PROVIDERS_OKTA_CLIENT_ID: 'x',
        OAUTH_PROVIDERS_EMPTY_CLIENT_ID: '',
        SAML_PROVIDERS_OKTA_ENTITYID: 'x',
      }),
    ).toEqual([
      'provider okta is not enabled by its variables (there is no OAUTH_PROVIDERS_OKTA_ENABLED): OAUTH_PROVIDERS_OKTA_* stay where they are.',
      'SAML_PROVIDERS_OKTA_ENTITYID is set but no setting is read from it.',
      'TMI_OPERATORNAME is set but no setting is read from it. Did you mean TMI_OPERATOR_NAME?',
      'TMI_ZZZ is set but no setting is read from it.',
    ]);
  });

  it('tells a provider from one whose id begins alike', () => {
    const notes = passedOverNotes({
      OAUTH_PROVIDERS_MY_ENABLED: 'true',
      OAUTH_PROVIDERS_MY_IDP_CLIENT_ID: 'x',
    });
    expect(notes).toEqual([expect.stringContaining('OAUTH_PROVIDERS_MY_IDP_*')]);
  });

  it.each([
    ['TMI_TIMMY_ENABELD', 'TMI_TIMMY_ENABLED'],
    ['TMI_OPERATER_NAME', 'TMI_OPERATOR_NAME'],
    ['TMI_NOBODY_KNOWS_IT', undefined],
    ['OAUTH_PROVIDERS_OKTA_CLIENTID', undefined],
  ])('names %s, which no setting reads', (name, nearest) => {
    const notes = passedOverNotes({ [name]: 'CANARY' });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(new RegExp(`^${name} `));
    expect(notes[0]?.includes('Did you mean')).toBe(nearest !== undefined);
    if (nearest !== undefined) expect(notes[0]).toContain(nearest);
    expect(notes[0]).not.toContain('CANARY');
  });
});

describe('idleSecretNotes', () => {
  const document = parseYaml(
    Buffer.from('secrets:\n  provider: env\n  vault_token: CANARY\n  vault_address: https://v\n'),
    'c.yml',
  );

  it('says to delete a secret that leads to another provider, and nothing else', () => {
    const [note, ...others] = idleSecretNotes(document, 'env');
    expect(note).toBe(
      'secrets.vault_token (c.yml:3:3) is a secret that nothing reads: secrets.provider is env. Delete the line.',
    );
    expect(others).toEqual([]);
    expect(idleSecretNotes(document, 'vault')).toEqual([]);
    expect(idleSecretNotes(document, 'env://PROVIDER')).toEqual([]);
  });

  it('comes with the plan of an import, by the provider that variables and file name', async () => {
    const text = 'database: {url: "$URL"}\nsecrets: {vault_token: CANARY}\noperator: {name: Ann}\n';
    const w = await Workspace.create('sqlite', text);
    const planned = await w.import(['--dry-run']);
    expect(planned.out).toContain(
      'note: secrets.vault_token (config.yml:2:11) is a secret that nothing reads',
    );
    expect(planned.out + planned.err).not.toContain('CANARY');
  });
});
