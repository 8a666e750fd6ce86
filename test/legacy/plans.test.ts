import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeIo } from '../support/io.js';
import { Workspace } from '../support/workspace.js';
import { encrypted } from './sample.js';

const fixtures = path.join(import.meta.dirname, '../../fixtures/legacy');
const plans = path.join(fixtures, 'plans');

/** A key that every server seeds, one that lists what is known, and one of a provider that the files state. */
const setBySomebody = {
  'websocket.inactivity_timeout_seconds': '350',
  'operator.name': 'Somebody else',
  'auth.oauth.providers.google.enabled': 'false',
};

const env = {
  ...encrypted,
  TMI_SECRETS_PROVIDER: 'env',
  VAULT_TOKEN: 'CANARY-vault-token',
  // One that every server obeys, one of an older name, and one that no server knows.
  TMI_JWT_EXPIRATION_SECONDS: '1234',
  WEBSOCKET_INACTIVITY_TIMEOUT_SECONDS: '77',
  TMI_OPERATOR_NAMES: 'misspelt',
};

/** What differs from one run to the next. */
function steady(text: string, w: Workspace): string {
  return (
    text
      .replaceAll(w.url, '$URL')
      .replaceAll(w.folder, '$FOLDER')
      .replaceAll(w.databaseName, '$DATABASE')
      .replaceAll(path.dirname(w.url.replace(/^sqlite:\/\//, '')), '$PLACE')
      .replaceAll(/(digest:? "?)[0-9a-f]{16}\b/g, '$1$DIGEST')
      // How a table is laid out, other tests look at.
      .replaceAll(/ {3,}/g, '  ')
  );
}

async function fill(w: Workspace): Promise<void> {
  const rows = Object.entries(setBySomebody).map(([key, value]) => ['settings', 'set', key, value]);
  for (const command of [['seed-settings'], ...rows]) {
    const io = new FakeIo({ cwd: w.folder, env: encrypted });
    const { code, err } = await w.run([...command, '--database-url', w.url], { env: encrypted });
    expect(code, `${command.join(' ')}: ${err}${io.err}`).toBe(0);
  }
}

/** A document with one line for each entry, so that a difference shows what it is about. */
function lines(json: string): string {
  const fields = Object.entries(JSON.parse(json) as Record<string, unknown>);
  return fields
    .filter(([name]) => name !== 'diff')
    .map(([name, value]) => {
      if (!Array.isArray(value)) return `${name}: ${JSON.stringify(value)}`;
      return [`${name}:`, ...value.map((item) => `  ${JSON.stringify(item)}`)].join('\n');
    })
    .join('\n');
}

/** What a run finds and is given, by the name under which its plan is kept. */
const runs: Readonly<Record<string, { readonly isFilled: boolean; readonly args: readonly string[] }>> = {
  asked: { isFilled: false, args: [] },
  'file-wins': { isFilled: true, args: ['--shadowed', 'file', '--on-conflict', 'overwrite'] },
  'others-win': {
    isFilled: true,
    args: ['--shadowed', 'env', '--on-conflict', 'keep', '--server', '1.8', '--no-rewrite'],
  },
};

const files = readdirSync(fixtures).filter((name) => name.endsWith('.yml'));

/**
 * What is said of each file before anything is done, word for word: a difference here is meant, or it is a fault. A change that
 * is meant is read in the difference of these files.
 */
describe.each(files)('the plan of %s', (name) => {
  it.each(Object.keys(runs))('is as it was: %s', async (run) => {
    const { isFilled = false, args = [] } = runs[run] ?? {};
    const w = await Workspace.create('sqlite', readFileSync(path.join(fixtures, name), 'utf8'));
    if (isFilled) await fill(w);
    const all = ['--database-url', w.url, '--other-database', '--dry-run', ...args];
    const text = await w.import(all, { env });
    const json = await w.import([...all, '--json'], { env });
    expect(json.code).toBe(text.code);
    const kept = [`exit ${text.code}`, text.out, text.err, lines(json.out)].join('\n');
    expect(kept).not.toContain('CANARY');
    await expect(steady(kept, w)).toMatchFileSnapshot(
      path.join(plans, `${path.parse(name).name}.${run}.txt`),
    );
  });
});
