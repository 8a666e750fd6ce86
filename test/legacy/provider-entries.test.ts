import { expect, it } from 'vitest';
import { Workspace } from '../support/workspace.js';

const provider = (line: string): string => `database: {url: $URL}
auth:
  build_mode: test
  oauth:
    providers:
      corp:
        enabled: false
        client_id: a
        ${line}
`;

interface Told {
  readonly message: string;
  readonly hint: string;
  readonly position: { readonly line: number; readonly column: number };
  readonly file: string;
  readonly key: string;
}

async function told(line: string): Promise<Told[]> {
  const w = await Workspace.create('sqlite', provider(line));
  const { code, out } = await w.import(['--json', '--dry-run'], { env: { TMI_SECRETS_PROVIDER: 'env' } });
  expect(code).not.toBe(0);
  const { error } = JSON.parse(out) as {
    error: { code: string; diagnostics: (Told & { code: string })[] };
  };
  return error.diagnostics.filter((one) => one.code === 'legacy/provider-not-whole');
}

const rest = 'A part that stays in the file would hide the stored provider.';

it.each([
  [
    'client_secrte: CANARY-a',
    'auth.oauth.providers.corp.client_secrte is no field of a provider, so the provider cannot leave the file whole',
    `Call it auth.oauth.providers.corp.client_secret if that is meant, or take the line out. ${rest}`,
  ],
  [
    'qqqqqqqqqqqq: 1',
    'auth.oauth.providers.corp.qqqqqqqqqqqq is no field of a provider, so the provider cannot leave the file whole',
    `Take the line out. ${rest}`,
  ],
])('says of %j why its provider stays', async (line, message, hint) => {
  expect(await told(line)).toMatchObject([
    { message, hint, file: 'config.yml', position: { line: 9, column: 9 } },
  ]);
});

interface Planned {
  readonly path?: string;
  readonly key?: string;
  readonly action: string;
  readonly file: string;
  readonly row?: string;
  readonly reason?: string;
  readonly position?: { readonly line: number };
}

async function entries(
  text: string,
  rows: Readonly<Record<string, string>>,
  args: string[],
): Promise<string[]> {
  const w = await Workspace.create('sqlite', text);
  for (const [key, value] of Object.entries({ 'operator.contact': 'a@example.com', ...rows }))
    expect((await w.run(['settings', 'set', key, value, '--database-url', w.url])).code).toBe(0);
  const { out } = await w.import(['--json', '--dry-run', ...args]);
  const plan = JSON.parse(out) as { entries: Planned[] };
  return plan.entries
    .filter(({ key = '' }) => key.includes('providers.corp'))
    .map(({ key, action, file, row, reason }) =>
      [key?.split('.').at(-1), action, file, row, reason].join(' '),
    );
}

/** A provider of which somebody has stored a field that the file does not state. */
const stored = {
  'auth.oauth.providers.corp.name': 'Corporation',
  'auth.oauth.providers.corp.client_id': 'a',
};

it.each([
  [
    [],
    [
      'enabled moves cut insert new-row',
      'client_id same cut unchanged already-stored',
      'icon removed cut  with-provider',
      'name conflict kept unchanged row-surfaces',
    ],
  ],
  [
    ['--on-conflict', 'keep'],
    [
      'enabled conflict cut unchanged provider-kept',
      'client_id same cut unchanged already-stored',
      'icon removed cut  with-provider',
      'name conflict kept unchanged provider-kept',
    ],
  ],
  [
    ['--on-conflict', 'overwrite'],
    [
      'enabled moves cut insert new-row',
      'client_id same cut unchanged already-stored',
      'icon removed cut  with-provider',
      'name conflict kept delete row-removed',
    ],
  ],
])('plans a provider as a whole, with %j', async (args, expected) => {
  expect(await entries(provider('icon: ""'), stored, args)).toEqual(expected);
});
