import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importAgain, undoCommand } from '../../commands/output/again.js';
import { encrypted } from '../legacy/sample.js';
import { Workspace, type Run } from '../support/workspace.js';

const env = encrypted;

/** Runs the lines that a hint gives, as a shell would. */
async function typed(w: Workspace, line: string): Promise<Run[]> {
  const runs: Run[] = [];
  for (const command of line.split(' && ')) {
    runs.push(await w.run(command.split(' ').slice(1), { env }));
  }
  return runs;
}

describe('the line that imports again for the other server', () => {
  it('repeats what chose the database, and the answers; both lines run', async () => {
    const w = await Workspace.create('sqlite', 'auth: {jwt: {expiration_seconds: 1800}}\n');
    writeFileSync(join(w.folder, 'app.env'), 'TMI_BUILD_MODE=test\n');
    const run = await w.import(
      ['--env-file', 'app.env', '--database-url', w.url, '--on-conflict', 'keep', '--shadowed', 'file'],
      { env },
    );
    expect(run.code, run.err).toBe(0);
    const line = /run it again for that one: (.*)$/m.exec(run.out)?.[1] ?? '';
    expect(line).toBe(
      `tmi-dbtool import-legacy --env-file app.env --undo ${w.receipt()} --database-url ${w.url}` +
        ` && tmi-dbtool import-legacy --env-file app.env config.yml --server 1.8 --database-url ${w.url} --on-conflict keep --shadowed file`,
    );
    expect((await typed(w, line)).map(({ code, err }) => ({ code, err }))).toEqual([
      { code: 0, err: '' },
      { code: 0, err: '' },
    ]);
    expect(w.text()).toContain('expiration_seconds: 1800');
  });

  it('names the output that the first run has written', () => {
    const options = { output: 'new file.yml', allowPlaintextSecrets: true, otherDatabase: true };
    expect(importAgain({ ...options, backup: false, dropAttributes: true }, 'c.yml', '1.8')).toBe(
      "tmi-dbtool import-legacy c.yml --server 1.8 --other-database --allow-plaintext-secrets --no-backup --drop-attributes --output 'new file.yml' --overwrite",
    );
    expect(importAgain({ rewrite: false, envOf: '7' }, undefined, 'documented')).toBe(
      'tmi-dbtool import-legacy --env-of 7 --from-env --server documented --no-rewrite',
    );
  });
});

describe('the undo that another one waits for', () => {
  it('is named with what chose the database', async () => {
    const w = await Workspace.create('sqlite', 'operator: {name: Ann}\n');
    writeFileSync(join(w.folder, 'b.yml'), w.text());
    writeFileSync(join(w.folder, 'app.env'), 'TMI_BUILD_MODE=test\n');
    const target = ['--env-file', 'app.env', '--database-url', w.url];
    const [, first] = [await w.import(target, { env }), w.receipt()];
    expect((await w.run(['import-legacy', 'b.yml', ...target], { env })).code).toBe(0);
    const refused = await w.run(['import-legacy', '--undo', first, ...target], { env });
    expect(refused.code).toBe(3);
    const line = /Undo that import first: (.*)$/m.exec(refused.err)?.[1] ?? '';
    expect(line).toMatch(
      /^tmi-dbtool import-legacy --env-file app\.env --undo \S+b\.yml\.\S+ --database-url sqlite:/,
    );
    expect((await typed(w, line))[0]?.code).toBe(0);
    expect((await w.run(['import-legacy', '--undo', first, ...target], { env })).code).toBe(0);
  });
});

describe('the line that undoes an import', () => {
  it('names the file where the receipt is in the database alone, and nothing else leads there', () => {
    const id = '20260801-031500-00ff';
    expect(undoCommand(id, {}, 'my c.yml')).toBe(`tmi-dbtool import-legacy --config 'my c.yml' --undo ${id}`);
    expect(undoCommand(id, { config: 'b.yml' }, 'c.yml')).toBe(
      `tmi-dbtool import-legacy --config b.yml --undo ${id}`,
    );
    expect(undoCommand(id, {}, undefined)).toBe(`tmi-dbtool import-legacy --undo ${id}`);
    expect(undoCommand('/c.yml.20260801-031500.receipt.json', {}, 'c.yml')).toBe(
      'tmi-dbtool import-legacy --undo /c.yml.20260801-031500.receipt.json',
    );
  });

  it('holds no password of a URL', () => {
    expect(
      undoCommand('last', { databaseUrl: 'postgres://u:LEAK@h/d', allowPlainHttp: true }, undefined),
    ).toBe('tmi-dbtool import-legacy --allow-plain-http --undo last --database-url URL');
  });
});
