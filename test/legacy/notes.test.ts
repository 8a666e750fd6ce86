import { expect, it } from 'vitest';
import { variablesAfterwards } from '../../src/legacy/notes.js';
import type { ImportPlan } from '../../src/legacy/plan.js';

type Asked = Parameters<typeof variablesAfterwards>[0];

const entry = (path: string, key: string | undefined, row: string | undefined = 'insert') => ({
  path,
  key,
  row,
});

const entries = [
  entry('TMI_OPERATOR_NAME', 'operator.name'),
  entry('TMI_SERVER_BASE_URL', 'server.base_url'),
  entry('TMI_RATELIMIT_PUBLIC_RPM', 'server.ratelimit_public_rpm'),
  entry('OAUTH_PROVIDERS_OKTA_ENABLED', 'auth.oauth.providers.okta.enabled'),
  entry('OAUTH_PROVIDERS_OKTA_CLIENT_ID', 'auth.oauth.providers.okta.client_id'),
  // Of no variable, of no row, of no setting.
  entry('session.timeout_minutes', 'session.timeout_minutes'),
  { path: 'TMI_OPERATOR_CONTACT', key: 'operator.contact', row: undefined },
  entry('TMI_SOMETHING', 'no.such.key'),
  entry('TMI_NOTHING', undefined),
];

const asked = (source: ImportPlan['source'], server: string): Asked =>
  ({ source, entries, options: { server } }) as unknown as Asked;

it('names variables that may go, that a server needs, and that only a Go server reads', () => {
  expect(variablesAfterwards(asked('environment', 'documented'))).toEqual({
    removable: ['TMI_OPERATOR_NAME', 'OAUTH_PROVIDERS_OKTA_*'],
    needed: ['TMI_SERVER_BASE_URL'],
    server18Only: ['TMI_RATELIMIT_PUBLIC_RPM'],
  });
  expect(variablesAfterwards(asked('environment', '1.8'))).toEqual({
    removable: ['TMI_OPERATOR_NAME', 'OAUTH_PROVIDERS_OKTA_*'],
    needed: ['TMI_SERVER_BASE_URL', 'TMI_RATELIMIT_PUBLIC_RPM'],
    server18Only: [],
  });
});

it('names none behind an import of a file', () => {
  expect(variablesAfterwards(asked('file', 'documented'))).toEqual({
    removable: [],
    needed: [],
    server18Only: [],
  });
});
