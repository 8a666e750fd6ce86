import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { main } from '../../commands/main.js';
import { exitCodes } from '../../src/errors/index.js';
import { FakeIo } from '../support/io.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-ci-'));
  writeFileSync(
    join(folder, 'config-production.yml'),
    'server:\n  prot: "8080"\n  base_url: tmi.example.com\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function yaml<T>(file: string): T {
  return load(readFileSync(file, 'utf8')) as T;
}

async function run(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const io = new FakeIo({ cwd: folder });
  return { code: await main(args, io), out: io.out, err: io.err };
}

describe('problem matcher', () => {
  it('reads every finding of the text output that has a place', async () => {
    const matcher = JSON.parse(readFileSync('.github/tmi-dbtool-matcher.json', 'utf8')) as {
      problemMatcher: [{ pattern: [Record<string, number> & { regexp: string }] }];
    };
    const [pattern] = matcher.problemMatcher[0].pattern;
    const regexp = new RegExp(pattern.regexp);
    const args = ['validate-config', 'config-production.yml', '--ignore', 'required-setting'];
    const matches = (await run(args)).out.split('\n').flatMap((line) => regexp.exec(line) ?? []);
    const { out } = await run([...args, '--json']);
    const { findings } = JSON.parse(out) as { findings: { position?: object; rule: string }[] };
    const found = findings.filter(({ position }) => position !== undefined);
    expect(found.length).toBeGreaterThan(1);
    expect(matches.length / (Number(pattern['code']) + 1)).toBe(found.length);
    expect(matches[Number(pattern['file'])]).toBe('config-production.yml');
  });
});

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly main: string };
}

/** What stands in this repository at the last commit or in the work tree, as somebody else's clone has it. */
function cloneOf(parts: readonly string[]): string {
  const clone = mkdtempSync(join(tmpdir(), 'tmi-dbtool-clone-'));
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }));
  for (const part of parts) cpSync(part, join(clone, part), { recursive: true });
  return clone;
}

/** Bundles the sources as they are. @returns the file, and the packages that it would need beside it */
async function freshBundle(): Promise<{ file: string; foreign: readonly string[] }> {
  const script: string = '../../scripts/action.mjs';
  const { buildAction } = (await import(script)) as { buildAction: (file: string) => Promise<string[]> };
  const file = join(folder, 'fresh/validate.cjs');
  return { file, foreign: await buildAction(file) };
}

describe('action/validate.cjs', () => {
  it('is what its sources make today, and needs no package', async () => {
    const { file, foreign } = await freshBundle();
    expect(foreign).toEqual([]);
    const same = readFileSync(file).equals(readFileSync('action/validate.cjs'));
    expect(same, 'run: npm run action').toBe(true);
    expect(readFileSync(file, 'utf8')).not.toContain(process.cwd());
  });
});

describe('an older Node.js', () => {
  let fresh: string;
  beforeAll(async () => void (fresh = (await freshBundle()).file));

  /** The file with a Node.js that says of itself that it is another one. */
  function played(version: string) {
    const play = join(folder, 'play.cjs');
    writeFileSync(play, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
    writeFileSync(join(folder, 'tmi-sound.yml'), 'server:\n  port: "8080"\n');
    const args = ['--require', play, fresh, '--ignore', 'required-setting', 'tmi-sound.yml'];
    return spawnSync(process.execPath, args, { cwd: folder, env: {}, encoding: 'utf8' });
  }

  it.each(['12.22.12', '18.20.8', '20.9.0', '20.18.3'])('%s is told so at once', (version) => {
    const { status, stdout, stderr } = played(version);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      `error: tmi-dbtool needs Node.js 20.19 or later, and this is ${version} (${process.execPath})
hint: Use a later one, or the standalone archive for Linux, which brings its own.
`,
    );
  });

  it.each(['20.19.0', '22.1.0', '24.0.0', '100.2.0'])('%s is none', (version) => {
    expect(played(version)).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('JUnit of what cannot be read', () => {
  const files: readonly (readonly [name: string, bytes: Uint8Array | string])[] = [
    ['broken', 'server:\n  port: "8080\n bad: [\n'],
    ['two-documents', 'a: 1\n---\nb: 2\n'],
    ['a-word', 'just text'],
    ['a-list', '- a\n'],
    ['a-key-twice', 'server: {}\nserver: {}\n'],
    ['an-archive', Uint8Array.from([0x1f, 0x8b, 0x08, 0xff, 0xfe, 0x00])],
    ['utf-16', Uint8Array.from([0xff, 0xfe, 0x61, 0x00])],
  ];
  const choices = [[], ['--rule', 'unknown-key'], ['--ignore', 'invalid-yaml,required-setting']];
  const cases = [...files.map(([name]) => name), 'missing', 'a-folder'].flatMap((name) =>
    choices.map((options) => ({ name, options })),
  );
  beforeAll(() => {
    for (const [name, bytes] of files) writeFileSync(join(folder, `unread-${name}.yml`), bytes);
    mkdirSync(join(folder, 'unread-a-folder.yml'));
  });

  it.each(cases)('shows no rule as passed: $name $options', async ({ name, options }) => {
    const { code, out } = await run([
      'validate-config',
      `unread-${name}.yml`,
      '--format',
      'junit',
      ...options,
    ]);
    expect(code).not.toBe(0);
    const tests = [...out.matchAll(/<testcase ([^>]*?)(?:\/>|>([^]*?)<\/testcase>)/g)];
    const passed = tests.filter(([, , inside = '']) => !/<(failure|skipped) /.test(inside));
    expect(passed.map(([, attributes]) => attributes)).toEqual([]);
    const counted = (what: string): number => Number(new RegExp(` ${what}="(\\d+)"`).exec(out)?.[1] ?? 0);
    expect(counted('tests')).toBe(tests.length);
    expect(counted('failures') + counted('skipped')).toBe(tests.length);
    expect(counted('failures')).toBeGreaterThan(0);
  });
});

describe('GitHub action', () => {
  const action = yaml<Action>('action.yml');

  /** Does what the runner does: inputs with their defaults as variables, the folder of the other repository, its files. */
  function runner(inputs: Readonly<Record<string, string>>) {
    const clone = cloneOf(['action.yml', 'action']);
    const summary = join(folder, 'summary.md');
    writeFileSync(summary, 'before\n');
    const given = Object.entries(action.inputs).map(([name, input]) => [
      `INPUT_${name.toUpperCase()}`,
      inputs[name] ?? input.default ?? '',
    ]);
    const env = {
      PATH: process.env['PATH'],
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: summary,
      ...(Object.fromEntries(given) as Record<string, string>),
    };
    expect(action.runs.using).toMatch(/^node\d\d$/);
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, action.runs.main)], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    return { status, stdout, stderr, summary: readFileSync(summary, 'utf8') };
  }

  it('annotates the lines, writes the summary of the job, and fails', () => {
    const { status, stdout, stderr, summary } = runner({ files: 'config-*.yml\nmissing.yml\n' });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^::error file=config-production.yml,line=2,col=3,title=unknown-key::/m);
    expect(stdout).toMatch(/^::error file=missing.yml,title=cannot-read-file::/m);
    expect(stdout).not.toContain('required-setting');
    expect(summary).toMatch(/^before\n### TMI configuration\n/);
    expect(summary).toContain('config-production.yml:2:3');
    expect(status).toBe(1);
  });

  it('takes every input, and runs nothing that stands in one', () => {
    const inputs = {
      files: '$(touch pwned).yml',
      profile: 'production',
      'fail-on': 'warning',
      strict: 'true',
    };
    const { stdout, summary } = runner(inputs);
    expect(stdout).toContain('file=$(touch pwned).yml');
    expect(summary.replaceAll('<br>', '')).not.toContain('<');
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
    expect(runner({ ...inputs, profile: 'nonsense' }).status).toBe(exitCodes.usage.code);
    expect(Object.keys(action.inputs).sort()).toEqual([
      'fail-on',
      'files',
      'ignore',
      'profile',
      'server',
      'strict',
    ]);
  });

  it('takes less than two seconds', () => {
    // The best of some, since other tests run beside it.
    const times = Array.from({ length: 5 }, () => {
      const begun = performance.now();
      runner({ files: 'config-*.yml' });
      return performance.now() - begun;
    });
    expect(Math.min(...times)).toBeLessThan(2000);
  });

  it('is content with a sound file', () => {
    writeFileSync(join(folder, 'tmi-good.yml'), 'server:\n  port: "8080"\n');
    expect(runner({ files: 'tmi-*.yml' })).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('pre-commit hook', () => {
  const [hook] =
    yaml<[{ id: string; entry: string; files: string; language: string }]>('.pre-commit-hooks.yaml');
  const files = new RegExp(hook.files);

  it.each([
    'config-production.yml',
    'deploy/config-staging.yaml',
    'tmi.yml',
    'etc/tmi.prod.yml',
    'tmi-eu.yaml',
  ])('takes %s', (name) => expect(files.test(name)).toBe(true));

  it.each([
    'docker-compose.yml',
    'config.yml',
    'config-webpack.yml',
    '.github/config.yml',
    'config-production.json',
    'timing.yml',
  ])('leaves %s alone', (name) => expect(files.test(name)).toBe(false));

  it('runs from a clone of which nothing was installed', () => {
    const clone = cloneOf(['action']);
    const [program = '', ...args] = hook.entry.split(' ');
    expect(hook.language).toBe('script');
    const { status, stdout } = spawnSync(join(clone, program), [...args, 'config-production.yml'], {
      cwd: folder,
      env: { PATH: process.env['PATH'] },
      encoding: 'utf8',
    });
    expect(status).toBe(exitCodes.findings.code);
    expect(stdout).toContain('config-production.yml:2:3');
  });

  const preCommit = spawnSync('pre-commit', ['--version'], { encoding: 'utf8' });
  it.skipIf(preCommit.status !== 0)('is taken by pre-commit itself, in another repository', () => {
    const clone = cloneOf(['action', '.pre-commit-hooks.yaml']);
    const other = mkdtempSync(join(tmpdir(), 'tmi-dbtool-other-'));
    onTestFinished(() => rmSync(other, { recursive: true, force: true }));
    writeFileSync(join(other, 'config-production.yml'), 'server:\n  prot: "8080"\n');
    writeFileSync(join(other, 'config-webpack.yml'), 'server:\n  prot: "8080"\n');
    const env = {
      ...process.env,
      PRE_COMMIT_HOME: join(other, '.cache'),
      GIT_CONFIG_COUNT: '3',
      GIT_CONFIG_KEY_0: 'user.name',
      GIT_CONFIG_VALUE_0: 'Ann',
      GIT_CONFIG_KEY_1: 'user.email',
      GIT_CONFIG_VALUE_1: 'ann@example.com',
      GIT_CONFIG_KEY_2: 'safe.directory',
      GIT_CONFIG_VALUE_2: '*',
    };
    for (const repository of [clone, other]) {
      for (const args of [
        ['init', '-q'],
        ['add', '-A'],
        ['commit', '-q', '-m', 'x'],
      ]) {
        execFileSync('git', args, { cwd: repository, env });
      }
    }
    const { status, stdout } = spawnSync('pre-commit', ['try-repo', clone, hook.id, '--all-files'], {
      cwd: other,
      env,
      encoding: 'utf8',
    });
    expect(status, stdout).toBe(1);
    expect(stdout).toContain('config-production.yml:2:3');
    expect(stdout).not.toContain('config-webpack.yml');
  });
});

describe('examples', () => {
  it('GitLab: the job writes a report of code quality', () => {
    const { 'validate-config': job } =
      yaml<Record<string, { script: string[]; artifacts: { reports: { codequality: string } } }>>(
        'examples/gitlab-ci.yml',
      );
    const clone = cloneOf(['action']);
    const line = job?.script[0]?.replace('.tmi-dbtool', clone) ?? 'false';
    const { status } = spawnSync('bash', ['-c', line], { cwd: folder, env: { PATH: process.env['PATH'] } });
    expect(status).toBe(exitCodes.findings.code);
    const file = join(folder, job?.artifacts.reports.codequality ?? '');
    const issues = JSON.parse(readFileSync(file, 'utf8')) as {
      description: string;
      check_name: string;
      fingerprint: string;
      severity: string;
      location: { path: string; lines: { begin: number } };
    }[];
    // What GitLab reads: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
    expect(issues.length).toBeGreaterThan(1);
    for (const { description, severity, location } of issues) {
      expect(description).not.toBe('');
      expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(severity);
      expect(location.path).toBe('config-production.yml');
      expect(location.lines.begin).toBeGreaterThan(0);
    }
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
    expect(issues.find(({ check_name }) => check_name === 'unknown-key')?.location.lines.begin).toBe(2);
  });

  it('GitHub: the workflow gives the action inputs that it has', () => {
    const workflow = yaml<{ jobs: { validate: { steps: { uses: string; with?: object }[] } } }>(
      'examples/github-workflow.yml',
    );
    const step = workflow.jobs.validate.steps.find(({ uses }) => uses.includes('tmi-dbtool'));
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(step?.uses).toBe(`OWNER/tmi-dbtool@v${version}`);
    const { inputs } = yaml<Action>('action.yml');
    for (const name of Object.keys(step?.with ?? {})) expect(Object.keys(inputs)).toContain(name);
  });
});
