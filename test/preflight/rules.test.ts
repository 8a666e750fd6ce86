import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validationText } from '../../commands/output/diagnostics-text.js';
import { validationGithub } from '../../commands/output/github.js';
import { validationJson } from '../../commands/output/validation-json.js';
import { validationJunit } from '../../commands/output/junit.js';
import { validationSarif } from '../../commands/output/sarif.js';
import { plainStyle } from '../../commands/output/style.js';
import type { ValidationReport } from '../../commands/output/validation.js';
import { allRules, offlineRules } from '../../src/preflight/rules/index.js';
import { validate } from '../../src/preflight/validate.js';
import { offlineTiers } from '../../src/preflight/selection.js';

const root = 'fixtures/preflight/rules';
const folders = readdirSync(root);

type Environments = Partial<Record<'err' | 'ok', Record<string, string>>>;

async function run(id: string, which: 'err' | 'ok'): Promise<ValidationReport> {
  const folder = join(root, id);
  const env = existsSync(join(folder, 'env.json'))
    ? (JSON.parse(readFileSync(join(folder, 'env.json'), 'utf8')) as Environments)
    : {};
  const source = { name: `${which}.yml`, bytes: readFileSync(join(folder, `${which}.yml`)) };
  const target = await validate(source, env[which] ?? {}, {
    profile: 'production',
    tiers: offlineTiers,
    only: new Set([id]),
  });
  const rules = offlineRules.filter((rule) => rule.id === id);
  return { targets: [target], findings: target.findings, rules, failOn: 'error' };
}

/** Every format in one text, so that one file shows all that a rule prints. */
function everyFormat(report: ValidationReport): string {
  const sections = {
    text: validationText(report, plainStyle, false),
    json: validationJson(report),
    github: validationGithub(report),
    junit: validationJunit(report),
    sarif: validationSarif(report),
  };
  return Object.entries(sections)
    .map(([name, text]) => `===== ${name}\n${text}`)
    .join('');
}

describe('rules', () => {
  it('have a folder of fixtures each, here or among those that look outside, and no folder is left over', () => {
    const outside = readdirSync('fixtures/preflight/outside');
    expect([...folders, ...outside].sort()).toEqual(allRules.map(({ id }) => id).sort());
  });

  it('have their goldens, and both sides of them', () => {
    for (const id of folders) {
      const files = readdirSync(join(root, id)).filter((name) => name !== 'env.json');
      expect(files.sort(), id).toEqual(['err.yml', 'expected.txt', 'ok.yml']);
    }
    for (const id of readdirSync('fixtures/preflight/outside')) {
      const files = readdirSync(join('fixtures/preflight/outside', id)).filter(
        (name) => !name.endsWith('.yml'),
      );
      expect(files.sort(), id).toEqual(['case.json', 'expected.txt']);
    }
  });

  it.each(folders)('%s finds nothing in a good file', async (id) => {
    expect((await run(id, 'ok')).findings).toEqual([]);
  });

  it.each(folders)('%s finds its fault, in every format', async (id) => {
    const report = await run(id, 'err');
    expect(report.findings.map((finding) => finding.rule)).toContain(id);
    expect(new Set(report.findings.map((finding) => finding.rule)).size).toBe(1);
    const text = everyFormat(report);
    expect(text).not.toMatch(/hunter2|hun\/ter|q8vN2x/);
    await expect(text).toMatchFileSnapshot(join('../../', root, id, 'expected.txt'));
  });

  it('masks a password in an address that should have none', async () => {
    const source = {
      name: 'x.yml',
      bytes: Buffer.from('server:\n  cors:\n    allowed_origins: ["http://u:hunter2@x.example.com"]\n'),
    };
    const { findings } = await validate(
      source,
      {},
      { tiers: offlineTiers, only: new Set(['cors-insecure']) },
    );
    expect(findings.map(({ found }) => found)).toEqual(['http://u:********@x.example.com']);
  });

  it('have ids, summaries and documentation of one form', () => {
    const ids = allRules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, summary, why, fix } of allRules) {
      expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      expect(summary).toMatch(/^[A-Z`][^]*[^.]$/);
      expect(why).toMatch(/\.$/);
      expect(fix).toMatch(/[.`]$/);
    }
  });
});
