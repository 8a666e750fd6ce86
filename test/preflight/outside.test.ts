import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { main } from '../../commands/main.js';
import { createSettingsTable, readSettings, writeSettings } from '../../src/settings/store.js';
import type { RowWrite } from '../../src/settings/row.js';
import { connect } from '../support/connection.js';
import { FakeIo } from '../support/io.js';
import { fakeRedis } from '../support/fake-redis.js';
import { tlsFixture } from '../support/servers/process.js';

/** The formats of the goldens. */
const formats = ['text', 'json', 'github', 'sarif', 'junit'] as const;

// Rules that look beyond file and environment, each with a folder: what the outside is like in the bad case and in the
// good one, the two configurations where there are any, and everything that is printed about the bad one.
const root = 'fixtures/preflight/outside';

interface Outside {
  readonly env?: Readonly<Record<string, string>>;
  /** Rows of the settings table of `$FOLDER/tmi.db`; without them there is no table. */
  readonly rows?: readonly Pick<RowWrite, 'key' | 'stored' | 'type' | 'origin'>[];
  /** Makes another table in that place. */
  readonly sql?: string;
  /** Length of a comment behind the configuration. */
  readonly comment?: number;
  readonly now?: string;
}

interface Case {
  readonly args: readonly string[];
  readonly err: Outside;
  readonly ok: Outside;
}

interface Printed {
  readonly rules: readonly string[];
  readonly text: string;
}

async function fillDatabase(folder: string, { rows, sql }: Outside): Promise<void> {
  writeFileSync(join(folder, 'tmi.db'), '');
  const database = await connect(`sqlite://${join(folder, 'tmi.db')}`);
  if (sql !== undefined) await database.transaction((session) => session.knex.raw(sql));
  if (!rows) return;
  await createSettingsTable(database);
  const facts = { description: null, modifiedAt: new Date('2026-01-01T00:00:00Z'), modifiedBy: null };
  await writeSettings(
    database,
    await readSettings(database),
    rows.map((row) => ({ ...row, ...facts })),
  );
}

async function run(id: string, which: 'err' | 'ok'): Promise<Printed> {
  const { args, [which]: outside } = JSON.parse(readFileSync(join(root, id, 'case.json'), 'utf8')) as Case;
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-outside-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync('fixtures/preflight/tls', folder, { recursive: true });
  await fillDatabase(folder, outside);
  const password = 'CANARY-redis-3377';
  const port = String(await fakeRedis({ password }));
  const tls = { cert: tlsFixture('server.crt'), key: tlsFixture('server.key') };
  const tlsPort = String(await fakeRedis({ password, tls }));
  const fill = (text: string): string =>
    text.replaceAll('$FOLDER', folder).replaceAll('$REDIS_PORT', port).replaceAll('$REDIS_TLS_PORT', tlsPort);

  const file = join(root, id, `${which}.yml`);
  if (existsSync(file)) {
    const comment = outside.comment === undefined ? '' : `#${'.'.repeat(outside.comment)}\n`;
    writeFileSync(join(folder, 'config.yml'), fill(readFileSync(file, 'utf8')) + comment);
  }
  const named = readdirSync(join(root, id)).some((name) => name.endsWith('.yml')) ? ['config.yml'] : [];
  const env = Object.fromEntries(Object.entries(outside.env ?? {}).map(([name, text]) => [name, fill(text)]));
  const printed = async (format: string): Promise<string> => {
    const io = new FakeIo({ cwd: folder, env, now: new Date(outside.now ?? '2027-06-01T00:00:00Z') });
    const only = ['--profile', 'production', '--rule', id, '--format', format];
    await main(['validate-config', ...named, ...args, ...only], io);
    expect(io.err).toBe('');
    return io.out
      .replaceAll(folder, '$FOLDER')
      .replaceAll(`localhost:${tlsPort}`, 'localhost:$REDIS_TLS_PORT')
      .replace(/version \d+\.\d+\.\d+/g, 'version $VERSION');
  };
  const texts: Record<string, string> = {};
  for (const format of formats) texts[format] = await printed(format);
  const { findings } = JSON.parse(texts['json'] ?? '') as { findings: { rule: string }[] };
  return {
    rules: [...new Set(findings.map(({ rule }) => rule))],
    text: formats.map((format) => `===== ${format}\n${texts[format]}`).join(''),
  };
}

describe('rules that look outside', () => {
  it.each(readdirSync(root))('%s finds nothing where all is well', async (id) => {
    expect((await run(id, 'ok')).rules).toEqual([]);
  });

  it.each(readdirSync(root))('%s finds its fault, in every format', async (id) => {
    const { rules, text } = await run(id, 'err');
    expect(rules).toEqual([id]);
    expect(text).not.toContain('CANARY');
    await expect(text).toMatchFileSnapshot(join('../../', root, id, 'expected.txt'));
  });
});
