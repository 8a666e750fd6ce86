import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encrypted, sampleText, snapshot } from '../legacy/sample.js';
import { createServerTable, insertRow } from '../support/rows.js';
import { Workspace, type Run } from '../support/workspace.js';

const env = encrypted;
const text = sampleText.replace('async_enabled: yes', 'async_enabled: true');

async function digestOf(w: Workspace, args: readonly string[] = [], variables = {}): Promise<string> {
  const { out, code } = await w.import(['--dry-run', ...args], { env: { ...env, ...variables } });
  expect(code).toBe(0);
  return /, digest ([0-9a-f]{16})$/m.exec(out)?.[1] ?? 'none';
}

const withPlan = (w: Workspace, digest: string, ...args: string[]): Promise<Run> =>
  w.import(['--if-plan', digest, ...args], { env });

describe('--if-plan', () => {
  it('carries out what was reviewed', async () => {
    const w = await Workspace.create('sqlite', text);
    const digest = await digestOf(w);
    expect(await digestOf(w)).toBe(digest);
    const run = await withPlan(w, digest);
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
    expect((await w.values())['timmy.enabled']).toBeDefined();
  });

  it.each<[string, (w: Workspace) => unknown, readonly string[]]>([
    ['the file', (w) => writeFileSync(join(w.folder, 'config.yml'), `${w.text()}# more\n`), []],
    [
      'a row',
      (w) =>
        insertRow('sqlite', w.url, { key: 'timmy.enabled', value: 'false', type: 'bool', origin: 'seeded' }),
      [],
    ],
    ['the model', () => undefined, ['--server', '1.8']],
    ['an answer', () => undefined, ['--on-conflict', 'keep']],
    ['where the text goes', () => undefined, ['--no-rewrite']],
  ])('ends with 3 when %s differs, and changes nothing', async (_, change, args) => {
    const w = await Workspace.create('sqlite', text);
    await createServerTable('sqlite', w.url, { origin: true });
    await insertRow('sqlite', w.url, { key: 'operator.contact', value: 'x', origin: 'seeded' });
    const digest = await digestOf(w);
    await change(w);
    const before = await snapshot(w);
    const { code, err } = await withPlan(w, digest, ...args);
    expect({ code, err }).toEqual({
      code: 3,
      err: expect.stringContaining('[legacy/plan-changed]') as string,
    });
    expect(await snapshot(w)).toEqual(before);
  });

  it('ends with 3 when a variable differs', async () => {
    const w = await Workspace.create('sqlite', text);
    const digest = await digestOf(w, [], { TMI_OPERATOR_CONTACT: 'ann@example.com' });
    expect((await withPlan(w, digest)).code).toBe(3);
  });

  it('is named in the data too', async () => {
    const w = await Workspace.create('sqlite', text);
    const { out } = await w.import(['--dry-run', '--json'], { env });
    expect((JSON.parse(out) as { digest: string }).digest).toBe(await digestOf(w));
  });
});

describe('on a terminal', () => {
  it.each([[[]], [['--quiet']]])('the plan and its diff come before the question, with %j', async (args) => {
    const w = await Workspace.create('sqlite', text);
    const before = await snapshot(w);
    const { code, out, io } = await w.import(['--server', 'documented', ...args], { env, answers: ['n'] });
    expect(code).toBe(4);
    expect(io.questions).toHaveLength(1);
    expect(out).toContain('ACTION');
    expect(out).toContain('-  ratelimit_public_rpm: 60');
    expect(out).not.toContain('CANARY');
    expect(await snapshot(w)).toEqual(before);
  });

  it('nothing is shown with --quiet where nobody is asked', async () => {
    const w = await Workspace.create('sqlite', text);
    expect((await w.import(['--quiet', '--yes'], { env, answers: [] })).out).toBe('');
  });
});

it('gives values exactly in the data, and on one line to people', async () => {
  const w = await Workspace.create('sqlite', text);
  const data = await w.import(['--dry-run', '--json'], { env });
  const { entries } = JSON.parse(data.out) as { entries: { path: string; value?: string }[] };
  const prompt = entries.find(({ path }) => path === 'timmy.operator_system_prompt');
  expect(prompt?.value).toBe('Be brief.\nŽádné vtipy.\n');
  expect((await w.import(['--dry-run'], { env })).out).toContain('Be brief. Žádné vtipy.');
});

describe('the line that undoes an import', () => {
  const undoLine = ({ out }: Run): string | undefined => /^undo +(.*)$/m.exec(out)?.[1];

  it('repeats what chose the database, but no password', async () => {
    const w = await Workspace.create('sqlite', 'operator: {name: Ann}\n');
    writeFileSync(join(w.folder, 'app.env'), 'TMI_BUILD_MODE=test\n');
    const run = await w.import(['--env-file', 'app.env', '--database-url', w.url], { env });
    expect(run.code, run.err).toBe(0);
    const line = undoLine(run);
    expect(line).toBe(
      `tmi-dbtool import-legacy --env-file app.env --undo ${w.receipt()} --database-url ${w.url}`,
    );
    const words = line?.split(' ').slice(1) ?? [];
    expect((await w.run(words, { env })).code).toBe(0);
    expect(await w.values()).toEqual({});
  });
});
