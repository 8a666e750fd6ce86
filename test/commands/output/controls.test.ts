import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../commands/main.js';
import { createServerTable, insertRow, withDatabase } from '../../support/rows.js';
import { FakeIo, type FakeIoOptions } from '../../support/io.js';
import { Workspace } from '../../support/workspace.js';

/** Clears the screen, in two ways, and turns the text around. */
const EVIL = '\u001b[2J\u009b2J\u202e';
/** What no output may hold: it would steer a terminal. */
const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u; // eslint-disable-line no-control-regex

interface World {
  readonly w: Workspace;
  readonly folder: string;
  readonly file: string;
  readonly run: (args: readonly string[], options?: Omit<FakeIoOptions, 'cwd'>) => Promise<FakeIo>;
}

/** A server whose folder, database, tables, columns, keys, values and files all hold what would steer a terminal. */
async function world(): Promise<World> {
  const w = await Workspace.create('sqlite');
  const folder = join(w.folder, `folder${EVIL}`);
  mkdirSync(folder);
  const file = join(folder, `config${EVIL}.yml`);
  const direct = `sqlite://${join(folder, `tmi${EVIL}.db`)}`;
  await createServerTable('sqlite', direct, { origin: true });
  for (const key of [`ui.default_theme`, `unknown${EVIL}`, `auth.oauth.providers.p.name`]) {
    await insertRow('sqlite', direct, {
      key,
      value: `value${EVIL}`,
      type: 'string',
      origin: 'explicit',
      modifiedBy: `who${EVIL}`,
    });
  }
  await insertRow('sqlite', direct, {
    key: `timmy.enabled`,
    value: `no${EVIL}`,
    type: `bool${EVIL}`,
    origin: `odd${EVIL}`,
  });
  await withDatabase('sqlite', direct, async (statement) => {
    await statement(`create table "table${EVIL}" ("column${EVIL}" text)`);
    await statement(`insert into "table${EVIL}" values ('${EVIL}')`);
    await statement(`create view "view${EVIL}" as select 1`);
  });
  /** As YAML writes it. */
  const inYaml = (text: string): string =>
    `"${text.replaceAll('\u001b', '\\e').replaceAll('\u009b', '\\x9b').replaceAll('\u202e', '\\u202e')}"`;
  writeFileSync(
    file,
    [
      `database: {url: ${inYaml(direct)}}`,
      `unknown: ${inYaml(EVIL)}`,
      'timmy: {enabled: true}',
      'auth:',
      `  oauth: {providers: {p: {enabled: false, name: ${inYaml(`name${EVIL}`)}}}}`,
      `  jwt: {secret: ${inYaml(`in${EVIL}line`)}}`,
      '',
    ].join('\n'),
  );
  return {
    w,
    folder,
    file,
    async run(args, options = {}) {
      const io = new FakeIo({ ...options, cwd: folder });
      await main(args, io);
      return io;
    },
  };
}

describe('characters that steer a terminal', () => {
  it('never reach it, wherever a name or a value comes from', async () => {
    const { folder, file, run } = await world();
    const at = ['--config', file];
    const ask = { answers: ['no', 'no'] };
    const runs: readonly (readonly [readonly string[], Omit<FakeIoOptions, 'cwd'>?])[] = [
      [['db', 'status', ...at]],
      [['db', 'status', ...at, '--json']],
      [['db', 'backup', ...at, '--output', `b${EVIL}.gz`, '--verbose']],
      [['db', 'backup', ...at, '--output', `b${EVIL}.gz`]],
      [['db', 'backup', ...at, '--output', '-']],
      [['db', 'backup', ...at, '--tables', `nobody${EVIL}`]],
      [['db', 'backup', ...at, '--output', `no${EVIL}/b.gz`]],
      [['db', 'verify', `b${EVIL}.gz`]],
      [['db', 'verify', `b${EVIL}.gz`, ...at, '--against', '--rehearse']],
      [['db', 'verify', `b${EVIL}.gz`, '--json']],
      [['db', 'verify', `none${EVIL}`]],
      [['db', 'restore', `b${EVIL}.gz`, ...at, '--dry-run']],
      [['db', 'restore', `b${EVIL}.gz`, ...at]],
      [['db', 'restore', `b${EVIL}.gz`, ...at, '--replace'], ask],
      [['db', 'restore', `b${EVIL}.gz`, ...at, '--replace', '--confirm', `wrong${EVIL}`]],
      [['db', 'restore', `b${EVIL}.gz`, ...at, '--replace', '--confirm', `tmi${EVIL}.db`, '--verbose']],
      [['db', 'reset', ...at, '--scope', 'schema', '--dry-run']],
      [['db', 'reset', ...at, '--scope', 'schema'], ask],
      [['settings', 'list', ...at, '--verbose']],
      [['settings', 'list', ...at, '--json']],
      [['settings', 'get', `unknown${EVIL}`, ...at, '--json']],
      [['settings', 'get', `nobody${EVIL}`, ...at]],
      [['settings', 'explain', 'ui.default_theme', ...at]],
      [['settings', 'explain', `nobody${EVIL}`, ...at]],
      [['settings', 'set', 'ui.default_theme', `x${EVIL}`, ...at, '--dry-run']],
      [['settings', 'unset', `unknown${EVIL}`, ...at, '--dry-run']],
      [['settings', 'diff', 'database', file, ...at]],
      [['settings', 'diff', file, file, ...at]],
      [['settings', 'export', ...at, '--output', `x${EVIL}.yml`]],
      [['settings', 'import', `x${EVIL}.yml`, ...at, '--dry-run']],
      [['seed-settings', ...at, '--only', `nothing${EVIL}`]],
      [['seed-settings', ...at, '--dry-run']],
      [['validate-config', file]],
      [['validate-config', file, '--json']],
      [['resolve-secrets', ...at]],
      [['resolve-secrets', ...at, '--inventory']],
      [['resolve-secrets', ...at, '--lift']],
      [['import-legacy', file, '--dry-run']],
      [['import-legacy', file, '--dry-run', '--json']],
      [['import-legacy', file, '--on-conflict', 'overwrite'], ask],
      [['import-legacy', file, '--on-conflict', 'overwrite', '--yes', '--verbose']],
      [['config', 'init', `new${EVIL}.yml`]],
      [['db', 'status', '--database-url', `postgres://u${encodeURI(EVIL)}@127.0.0.1:1/d${encodeURI(EVIL)}`]],
      [['db', `nonsense${EVIL}`]],
      [['db', 'status', `--nonsense${EVIL}`]],
      [
        [
          'db',
          'reset',
          ...at,
          '--scope',
          'data',
          '--confirm',
          `tmi${EVIL}.db`,
          '--backup-output',
          `r${EVIL}.gz`,
          '--verbose',
        ],
      ],
    ];
    const caught: string[] = [];
    let shown = 0;
    for (const [args, options] of runs) {
      const io = await run(args, options);
      const text = [io.out, io.err, ...io.questions].join('');
      if (/\\x1b|\\u001b|\\x9b|\\u009b/.test(text)) shown += 1;
      const found = steering.exec(text);
      if (found)
        caught.push(
          `${args.slice(0, 3).join(' ')}: ${JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 20))}`,
        );
    }
    expect(caught).toEqual([]);
    // And they were there to be caught.
    expect(shown).toBeGreaterThan(30);
    expect(folder).toContain(EVIL);
  });
});
