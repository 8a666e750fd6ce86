import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  // In place of node: says how it was called.
  writeFileSync(
    join(folder, 'node'),
    `#!/bin/sh\nfor word in "$@"; do echo "$word"; done\nenv | grep ^TMI_ || true\n`,
  );
  chmodSync(join(folder, 'node'), 0o755);
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
  readonly runs: {
    readonly steps: readonly {
      readonly name: string;
      readonly run: string;
      readonly env?: Record<string, string>;
    }[];
  };
}

describe('GitHub action', () => {
  const action = yaml<Action>('action.yml');
  const step = action.runs.steps.find(({ name }) => name === 'Validate');

  /** The words that the step hands to the tool, line by line, and variables that it leaves behind. */
  function words(inputs: Readonly<Record<string, string>>): string[] {
    const env = Object.entries(step?.env ?? {}).map(([name, expression]) => {
      const input = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(expression)?.[1] ?? '';
      expect(Object.keys(action.inputs)).toContain(input);
      return [name, inputs[input] ?? action.inputs[input]?.default ?? ''] as const;
    });
    const path = `${folder}${delimiter}/usr/bin${delimiter}/bin`;
    return execFileSync('bash', ['--norc', '-e', '-o', 'pipefail', '-c', step?.run ?? ''], {
      cwd: folder,
      env: { ...Object.fromEntries(env), PATH: path, GITHUB_ACTION_PATH: '/action' },
      encoding: 'utf8',
    })
      .trimEnd()
      .split('\n');
  }

  it('installs as CI itself does: the build needs every package, optional ones too', () => {
    const install = action.runs.steps.find(({ name }) => name === 'Install')?.run ?? '';
    expect(install).toMatch(/^npm ci /);
    expect(install).not.toContain('omit');
    expect(readFileSync('.ci/run', 'utf8')).toMatch(/^npm ci\b/m);
  });

  it('hands files and defaults over', () => {
    expect(words({ files: 'config-*.yml\nmissing.yml\n' })).toEqual([
      '/action/dist/bin/tmi-dbtool.js',
      ...['validate-config', '--format', 'github', '--fail-on', 'error', '--ignore', 'required-setting'],
      ...['config-production.yml', 'missing.yml'],
    ]);
  });

  it('hands every input over, and runs nothing that stands in one', () => {
    const inputs = {
      files: '$(touch pwned).yml',
      profile: 'production',
      'fail-on': 'warning',
      strict: 'true',
      ignore: '',
    };
    expect(words(inputs)).toEqual([
      '/action/dist/bin/tmi-dbtool.js',
      ...[
        'validate-config',
        '--format',
        'github',
        '--fail-on',
        'warning',
        '--profile',
        'production',
        '--strict',
      ],
      ...['$(touch', 'pwned).yml'],
    ]);
  });
});

describe('pre-commit hook', () => {
  it('calls the tool with files that are configurations', async () => {
    const [hook] = yaml<[{ entry: string; files: string }]>('.pre-commit-hooks.yaml');
    const files = new RegExp(hook.files);
    expect(['config-production.yml', 'deploy/config.yaml'].every((name) => files.test(name))).toBe(true);
    expect(['docker-compose.yml', 'config.json'].some((name) => files.test(name))).toBe(false);
    const [program, ...args] = hook.entry.split(' ');
    expect(program).toBe('tmi-dbtool');
    expect((await run([...args, 'config-production.yml'])).code).toBe(exitCodes.findings.code);
  });
});

describe('examples', () => {
  it('GitLab: the job writes a report', async () => {
    const { 'validate-config': job } =
      yaml<Record<string, { script: string[]; artifacts: { reports: { junit: string } } }>>(
        'examples/gitlab-ci.yml',
      );
    const [, line = '', report] = /^npx --yes tmi-dbtool (.*) > (\S+)$/.exec(job?.script[0] ?? '') ?? [];
    expect(report).toBe(job?.artifacts.reports.junit);
    const { out, code } = await run(line.replace('config-*.yml', 'config-production.yml').split(' '));
    expect(code).toBe(exitCodes.findings.code);
    expect(out).toMatch(/^<\?xml[^]*<testsuite name="config-production.yml"[^]*<\/testsuites>\n$/);
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
