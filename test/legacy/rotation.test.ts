import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildCli } from '../support/cli.js';
import { describeEngines, type TestEngine } from '../support/database.js';
import { createServerTable, insertRow, withDatabase, type RawRow } from '../support/rows.js';
import { Workspace } from '../support/workspace.js';
import { encrypted, snapshot } from './sample.js';

// Keys are rotated between an import and its undo: what the undo puts back must be readable with the keys of today.

const first = '1'.repeat(64);
const second = '2'.repeat(64);
const atFirst = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: first };
const onlySecond = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: second };
const rotating = { ...onlySecond, TMI_SECRET_SETTINGS_ENCRYPTION_PREVIOUS_KEY: first };
const author = '7b1d1c3e-0000-4000-8000-000000000001';

const text = `database: {url: "$URL"}
auth: {build_mode: dev, jwt: {secret: abcdefgh}}
operator: {name: A, contact: c}
timmy: {llm_api_key: CANARY-new, llm_model: m}
`;

function envelope(plain: string, key: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'hex'), nonce);
  const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `ENC:v1:1:1740824430:${sealed.toString('base64')}`;
}

function opened(stored: string, key: string): string {
  const sealed = Buffer.from(stored.split(':')[4] as string, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(-16));
  return decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
}

let cli: ChildCli;
beforeAll(async () => void (cli = await ChildCli.create()));
afterAll(() => cli.dispose());

/** A database with an encrypted text, an encrypted secret and a plain text, and an import over all three. */
async function imported(engine: TestEngine): Promise<{ w: Workspace; before: Map<string, RawRow> }> {
  const w = await Workspace.create(engine, text);
  await createServerTable(engine, w.url, { origin: true });
  const rows = {
    'operator.name': envelope('B', first),
    'timmy.llm_api_key': envelope('CANARY-old', first),
    'timmy.llm_model': 'other',
  };
  for (const [key, value] of Object.entries(rows)) {
    await insertRow(engine, w.url, { key, value, origin: 'explicit', modifiedBy: author });
  }
  const before = await w.rows();
  const run = await w.import(['--on-conflict', 'overwrite'], { env: atFirst });
  expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
  const reencrypt = await w.run(['settings', 'reencrypt', '--config', 'config.yml'], { env: rotating });
  expect({ code: reencrypt.code, err: reencrypt.err }).toEqual({ code: 0, err: '' });
  return { w, before };
}

const withoutValues = (rows: ReadonlyMap<string, RawRow>): unknown =>
  [...rows.values()].map((row) => ({ ...row, value: undefined }));

/** File and rows as before the import, and everything readable with the second key alone. */
async function expectUndone(w: Workspace, before: ReadonlyMap<string, RawRow>): Promise<void> {
  expect(w.text()).toBe(text.replace('$URL', w.url));
  const rows = await w.rows();
  expect(withoutValues(rows)).toEqual(withoutValues(before));
  expect(opened(rows.get('operator.name')?.value ?? '', second)).toBe('B');
  expect(opened(rows.get('timmy.llm_api_key')?.value ?? '', second)).toBe('CANARY-old');
  expect(rows.get('timmy.llm_model')?.value).toBe('other');
}

describeEngines((engine) => {
  it('refuses before anything is written when a row would go back that no key opens', async () => {
    const { w } = await imported(engine);
    const after = await snapshot(w);
    const undo = await w.run(['import-legacy', '--undo', w.receipt()], { env: onlySecond });
    expect(undo.code).toBe(5);
    expect(undo.err).toContain('[settings/cannot-decrypt]');
    expect(undo.err).toContain('operator.name');
    expect(undo.err).toContain('timmy.llm_api_key');
    expect(undo.out + undo.err).not.toContain('CANARY');
    expect(await snapshot(w)).toEqual(after);
  });

  it('puts rows of the previous key back under the current one', async () => {
    const { w, before } = await imported(engine);
    const undo = await w.run(['import-legacy', '--undo', w.receipt()], { env: rotating });
    expect({ code: undo.code, err: undo.err }).toEqual({ code: 0, err: '' });
    await expectUndone(w, before);
  });
});

it('puts a row back as it was that no key opened at the import either', async () => {
  const w = await Workspace.create('sqlite', text);
  await createServerTable('sqlite', w.url, { origin: true });
  await insertRow('sqlite', w.url, {
    key: 'operator.name',
    value: envelope('lost', '9'.repeat(64)),
    origin: 'explicit',
  });
  const before = await w.rows();
  expect((await w.import(['--on-conflict', 'overwrite'], { env: atFirst })).code).toBe(0);
  const undo = await w.run(['import-legacy', '--undo', w.receipt()], { env: atFirst });
  expect({ code: undo.code, err: undo.err }).toEqual({ code: 0, err: '' });
  expect(await w.rows()).toEqual(before);
});

it('forgets a run that was killed before its commit, also when keys were rotated since', async () => {
  const w = await Workspace.create('sqlite', text);
  await createServerTable('sqlite', w.url, { origin: true });
  await insertRow('sqlite', w.url, { key: 'operator.name', value: envelope('B', first), origin: 'explicit' });
  const request = { cwd: w.folder, env: atFirst, now: '2026-11-21T07:45:00Z' };
  const args = ['import-legacy', 'config.yml', '--on-conflict', 'overwrite', '--verbose'];
  expect(await cli.run({ ...request, args, killAt: 'write' })).toMatchObject({ signal: 'SIGKILL' });
  await w.run(['settings', 'reencrypt', '--config', 'config.yml'], { env: rotating });
  const run = await w.import(['--on-conflict', 'overwrite'], { env: rotating });
  expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(w.text(w.receipt().slice(w.folder.length + 1)))).toMatchObject({ status: 'complete' });
});

it.each(['restore-file', 'restore-rows', 'complete'])(
  'finishes an undo under the new key that was killed before "%s"',
  async (step) => {
    const { w, before } = await imported('sqlite');
    const killed = await cli.run({
      args: ['import-legacy', '--undo', w.receipt(), '--verbose'],
      cwd: w.folder,
      env: rotating,
      now: '2026-11-22T00:00:00Z',
      killAt: step,
    });
    expect(killed.signal, killed.err).toBe('SIGKILL');
    const undo = await w.run(['import-legacy', '--undo', w.receipt()], { env: rotating });
    expect({ code: undo.code, err: undo.err }).toEqual({ code: 0, err: '' });
    await expectUndone(w, before);
  },
);

it('finishes a killed undo of rows whose times were written otherwise, and which no key ever encrypted', async () => {
  const w = await Workspace.create('sqlite', text);
  await createServerTable('sqlite', w.url, { origin: true });
  await insertRow('sqlite', w.url, { key: 'operator.name', value: 'B', origin: 'explicit' });
  await withDatabase('sqlite', w.url, (sql) =>
    sql("UPDATE system_settings SET modified_at = '2025-01-01 00:00:00'"),
  );
  expect((await w.import(['--on-conflict', 'overwrite', '--allow-plaintext-secrets'])).code).toBe(0);
  const request = { cwd: w.folder, env: {}, now: '2026-11-22T00:00:00Z', killAt: 'complete' };
  await cli.run({ ...request, args: ['import-legacy', '--undo', w.receipt(), '--verbose'] });
  const undo = await w.run(['import-legacy', '--undo', w.receipt()]);
  expect({ code: undo.code, err: undo.err }).toEqual({ code: 0, err: '' });
  const rows = await withDatabase('sqlite', w.url, (sql) => sql('SELECT * FROM system_settings'));
  expect(rows).toMatchObject([
    { setting_key: 'operator.name', value: 'B', modified_at: '2025-01-01 00:00:00' },
  ]);
});

describe('a run that finds everything in place', () => {
  it.each([
    ['another key', { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'cd'.repeat(32) }],
    ['no key', {}],
  ])('ends with 5 with %s, since that is not the one of the server', async (_, env) => {
    const w = await Workspace.create('sqlite', 'database: {url: "$URL"}\noperator: {name: Ann}\n');
    expect((await w.import([], { env: encrypted })).code).toBe(0);
    const { code, err } = await w.import([], { env });
    expect(code).toBe(5);
    expect(err).toContain('[settings/cannot-decrypt]');
    expect((await w.import([], { env: encrypted })).code).toBe(0);
  });
});
