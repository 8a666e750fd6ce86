import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { KEY } from '../settings/support.js';
import { Binary } from '../support/binary.js';
import { createServerTable, insertRow, readRows, withDatabase } from '../support/rows.js';
import { onTerminal, type Step } from '../support/terminal-walk.js';

// What a person sees who looks at a plan, imports, imports again and goes back: the real program on a real terminal. The
// transcripts are to be read; `npx vitest run test/commands/import-walk.test.ts --update` writes them anew.
const hasScript = spawnSync('script', ['--version']).status === 0;

const SECRET = 'Zq8-CANARY-walk-secret';

const config = `# Settings of tmi.example.com
server:
  port: "8080"
  interface: 0.0.0.0
database:
  url: "$URL"
auth:
  build_mode: test
  jwt:
    secret: ${SECRET}-jwt-of-thirty-two-bytes
  oauth:
    providers:
      github:
        id: github
        name: GitHub
        enabled: true
        icon: fa-brands fa-github
        client_id: Iv1.0123456789abcdef
        client_secret: ${SECRET}-of-a-provider
        authorization_url: https://github.com/login/oauth/authorize
        token_url: https://github.com/login/oauth/access_token
        userinfo:
          - url: https://api.github.com/user
            claims: {}
        scopes: ["user:email"]
logging:
  level: info
operator:
  name: Ann    # asked for by the auditors
  contact: ops@example.com
websocket:
  inactivity_timeout_seconds: 600
webhooks:
  allow_http_targets: false
operatr:
  jurisdiction: DE
`;

interface Walk {
  /** Whether the database is one that a Go server has run in. */
  readonly goServer: boolean;
  /** What the import is answered: first, where nobody can tell, which server it is for. */
  readonly answers: readonly string[];
}

const walks: Readonly<Record<string, Walk>> = {
  documented: { goServer: false, answers: ['n', 'y'] },
  'server-1.8': { goServer: true, answers: ['y'] },
};

const stepsOf = ({ answers }: Walk): readonly Step[] => [
  { args: ['import-legacy', 'config.yml', '--dry-run'], answers: [] },
  { args: ['import-legacy', 'config.yml'], answers },
  { args: ['import-legacy', 'config.yml'], answers: [] },
  { args: ['import-legacy', '--config', 'config.yml', '--undo', 'last'], answers: ['y'] },
];

/** What is another one each time: times, the ends of ids, digests, and where the folder is. */
function settled(text: string, folder: string): string {
  return text
    .replaceAll(folder, '/srv/tmi')
    .replace(/\d{8}-\d{6}-[0-9a-f]{4}/g, 'TIME-ID')
    .replace(/\d{8}-\d{6}/g, 'TIME')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'NOW')
    .replace(/digest [0-9a-f]+/g, 'digest DIGEST');
}

describe.skipIf(!hasScript)('an import at a terminal', () => {
  let binary: Binary;
  beforeAll(async () => {
    binary = await Binary.create();
  }, 60_000);
  afterAll(() => binary.dispose());

  describe.each(Object.entries(walks))('%s', (name, walk) => {
    it.each([80, 120])(
      'is shown as in the transcript at %i columns',
      { timeout: 120_000 },
      async (columns) => {
        const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-walk-'));
        onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
        const url = `sqlite://${join(folder, 'tmi.db')}`;
        const file = join(folder, 'config.yml');
        writeFileSync(file, config.replace('$URL', url));
        await createServerTable('sqlite', url, { origin: true });
        const isAlready = { key: 'operator.contact', value: 'ops@example.com', origin: 'explicit' } as const;
        await insertRow('sqlite', url, isAlready);
        await insertRow('sqlite', url, { key: 'operator.name', value: 'TMI', origin: 'seeded' });
        if (walk.goServer)
          await withDatabase('sqlite', url, (sql) => sql('create table tmi_schema_versions (id integer)'));
        const before = { text: readFileSync(file, 'utf8'), rows: await readRows('sqlite', url) };

        let transcript = '';
        for (const step of stepsOf(walk)) {
          const env = { NO_COLOR: '1', TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY };
          const { code, screen } = await onTerminal(binary, step, { cwd: folder, columns, env });
          transcript += `$ tmi-dbtool ${step.args.join(' ')}\n${screen}exit ${code}\n\n`;
        }
        expect(transcript).not.toContain(SECRET);
        const text = settled(transcript, folder);
        await expect(text).toMatchFileSnapshot(`../../fixtures/commands/import-walk/${name}-${columns}.txt`);
        expect(readFileSync(file, 'utf8')).toBe(before.text);
        const after = await readRows('sqlite', url);
        const values = (rows: typeof after): unknown[] =>
          [...rows.values()].map(({ setting_key, value }) => [setting_key, value]);
        expect(values(after)).toEqual(values(before.rows));
      },
    );
  });
});
