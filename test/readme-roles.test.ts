import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { bundle, type Bundle } from './support/bundle.js';
import { inOneShell } from './support/one-shell.js';
import { startRedis, whyNoRedis } from './support/servers/redis.js';

// The README's three commands for each who uses the tool, run one after the other where such a person types them.
const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
const table = readme.slice(readme.indexOf('## Your way'), readme.indexOf('## Try it'));
const roles = [...table.matchAll(/^\| (.+?) \| `(.+?)` \| `(.+?)` \| `(.+?)` \|$/gm)].map(
  ([, who = '', ...commands]) => ({ who, commands }),
);

const key = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'c0ffee'.padEnd(64, '0') };
/** What the platform sets for an app that has no file. */
const heroku = {
  ...key,
  TMI_DATABASE_URL: 'sqlite://./tmi.db',
  TMI_SERVER_PORT: '8080',
  TMI_SERVER_INTERFACE: '0.0.0.0',
  TMI_BUILD_MODE: 'dev',
  TMI_JWT_SECRET: 'a-secret-of-forty-characters-for-the-test',
};

const file = `server:
  port: "8080"
  interface: 0.0.0.0
database:
  url: sqlite://./tmi.db
auth:
  build_mode: dev
  jwt:
    secret: env://TMI_SECRET_SETTINGS_ENCRYPTION_KEY
upload:
  max_file_size_mb: 50
`;

let tool: Bundle;
beforeAll(async () => void (tool = await bundle('bin/tmi-dbtool.ts')));
afterAll(() => tool.dispose());

it('has a way for each of five', () => expect(roles).toHaveLength(5));

/** The platform's Redis. */
async function withRedis(): Promise<Record<string, string>> {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  return { TMI_REDIS_URL: `redis://:${redis.password}@127.0.0.1:${redis.port}/0` };
}

it.for(roles)('$who', { timeout: 60_000 }, async ({ who, commands }, { skip }) => {
  if (who.includes('Heroku') && whyNoRedis()) skip();
  const home = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-role-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const program = (name: string, code: string): void => {
    mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
    writeFileSync(path.join(home, name), `#!/bin/sh\n${code}\n`);
    chmodSync(path.join(home, name), 0o755);
  };
  program('path/tmi-dbtool', `exec ${process.execPath} ${tool.file} "$@"`);
  program('bin/tmi-server', 'exit 0');
  for (const name of ['config.yml', 'config-production.yml']) writeFileSync(path.join(home, name), file);
  // A server has run.
  const database = fileURLToPath(new URL('../fixtures/readme/go-server.db', import.meta.url));
  copyFileSync(database, path.join(home, 'tmi.db'));
  const own = who.includes('Heroku') ? { ...heroku, ...(await withRedis()) } : key;
  const runs = await inOneShell(commands, home, {
    HOME: home,
    PATH: `${home}/path:/usr/bin:/bin`,
    ...own,
  });
  expect(runs.filter(({ status }) => status !== 0)).toEqual([]);
});
