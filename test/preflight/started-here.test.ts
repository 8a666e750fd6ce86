import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { main } from '../../commands/main.js';
import { freshUrl } from '../support/connection.js';
import { describeServers } from '../support/database.js';
import { fakeRedis } from '../support/fake-redis.js';
import { FakeIo } from '../support/io.js';

// Starts that a Go server 1.8.22 refused for what was outside of its configuration: files, addresses, a database. An
// offline run cannot see it; with --connect it is seen, on this machine as it was on that one.

const files = new Map(
  readFileSync('fixtures/observed/starts.jsonl', 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { what: string; file: string })
    .map(({ what, file }) => [what, file]),
);

/** The rule that finds it. */
const refused: Readonly<Record<string, string>> = {
  'tls missing files': 'tls-file-unreadable',
  'tls mismatch': 'tls-files-mismatch',
  'interface nohost': 'interface-unusable',
  'log dir unwritable': 'log-directory-unusable',
  'db no such db': 'database-unreachable',
};

/** What the documentation forbids in production although a server starts with it. */
const forbidden = ['database-tls-off', 'inline-secret', 'jwt-secret-guessable'];

/** A recorded configuration with the servers and folders of this machine in place of those of that one. */
async function here(what: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-starts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync('fixtures/preflight/tls', folder, { recursive: true });
  const url = new URL(await freshUrl('postgres'));
  const nowhere = new URL(url);
  nowhere.pathname = '/nosuchdb';
  const text = (files.get(what) ?? '')
    .replace(/postgres:\/\/\S+\/nosuchdb/, nowhere.href)
    .replace(/postgres:\/\/\S+\/tmi\S*/, url.href)
    .replace("port: '6379'", `port: '${await fakeRedis()}'`)
    .replace(/\/srv\/tmi\/c2?\.pem/, join(folder, 'server.crt'))
    // The one pair of this machine is for localhost.
    .replace('tls_subject_name: localhost', 'tls_subject_name: other.invalid')
    .replace('/srv/tmi/k2.pem', join(folder, what === 'tls mismatch' ? 'other.key' : 'server.key'))
    .replace('/srv/tmi/logs', join(folder, 'logs'));
  writeFileSync(join(folder, 'config.yml'), text);
  return folder;
}

async function errorsOf(what: string): Promise<string[]> {
  const folder = await here(what);
  const io = new FakeIo({ cwd: folder, env: {}, now: new Date('2027-06-01T00:00:00Z') });
  await main(['validate-config', 'config.yml', '--connect', '--server', '1.8', '--json'], io);
  const { findings } = JSON.parse(io.out) as { findings: { rule: string; severity: string }[] };
  const errors = findings.filter(({ rule, severity }) => severity === 'error' && !forbidden.includes(rule));
  return [...new Set(errors.map(({ rule }) => rule))];
}

describeServers((engine) => {
  const seen = it.runIf(engine === 'postgres');

  seen.each(Object.entries(refused))('%s is refused with --connect, by %s', async (what, rule) => {
    expect(await errorsOf(what)).toEqual([rule]);
  });

  seen.each(['base', 'tls other name'])(
    '%s, with which that server started, passes with --connect',
    async (what) => {
      expect(await errorsOf(what)).toEqual([]);
    },
  );
});
