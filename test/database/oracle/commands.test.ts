import { statSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { sampleAfter, sampleText } from '../../legacy/sample.js';
import { KEY, unseal } from '../../settings/support.js';
import { OracleWorkspace } from './workspace.js';

vi.mock('oracledb', async () => ({
  default: (await import('../../support/stand-ins/oracle/driver.js')).driver,
}));

const at = ['--config', 'config.yml'];
const keyed = { env: { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: KEY } };

async function ok(w: OracleWorkspace, args: readonly string[], env: Record<string, string> = keyed.env) {
  const run = await w.run(args, { env });
  expect(run.err + (run.code === 0 ? '' : run.out), args.join(' ')).not.toContain('error:');
  expect(run.code).toBe(0);
  expect(run.out + run.err).not.toContain(w.schema.password);
  return run;
}

describe('import-legacy', () => {
  it('plans, imports, has nothing to do the second time, and puts everything back', async () => {
    const w = new OracleWorkspace(sampleText);
    const before = w.text();
    const dry = await ok(w, ['import-legacy', 'config.yml', '--dry-run']);
    expect(dry.out).toContain('timmy.enabled');
    expect(w.text()).toBe(before);
    expect(w.schema.tables.size).toBe(0);

    await ok(w, ['import-legacy', 'config.yml']);
    expect(w.text()).toBe(sampleAfter.replace('$URL', () => w.url));
    const rows = w.settings();
    expect(unseal(String(rows['timmy.llm_api_key']?.value), KEY)).toBe('CANARY-llm');
    expect(rows['timmy.enabled']?.origin).toBe('explicit');
    expect(rows['timmy.enabled']?.at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} \+00:00$/);

    const second = await ok(w, ['import-legacy', 'config.yml']);
    expect(second.out).toContain('Nothing to do');
    expect(w.settings()).toEqual(rows);

    await ok(w, ['import-legacy', '--undo', w.receipt(), '--database-url', w.url]);
    expect(w.text()).toBe(before);
    expect(statSync(w.file).mode & 0o777).toBe(0o640);
    expect(w.settings()).toEqual({});
  });

  it('puts rows back with every digit of their time', async () => {
    const w = new OracleWorkspace(sampleText);
    await ok(w, ['seed-settings', '--only', 'timmy', ...at]);
    const time = '2025-03-01 10:20:30.123456000 +05:45';
    await w.define(`update "SYSTEM_SETTINGS" set "MODIFIED_AT" = to_timestamp_tz('${time}', 'x')`);
    await ok(w, ['import-legacy', 'config.yml']);
    expect(w.settings()['timmy.enabled']).toMatchObject({ value: expect.stringContaining('ENC:') as string });
    await ok(w, ['import-legacy', '--undo', w.receipt(), '--database-url', w.url]);
    expect(w.settings()['timmy.enabled']).toMatchObject({
      origin: 'seeded',
      at: '2025-03-01 04:35:30.123456000 +00:00',
    });
  });
});

describe('settings', () => {
  it('seeds once, sets, gets, lists, exports, imports, clears and encrypts anew', async () => {
    const w = new OracleWorkspace();
    await ok(w, ['seed-settings', ...at]);
    expect(Object.keys(w.settings())).toHaveLength(59);
    const seeded = w.settings();
    await ok(w, ['seed-settings', ...at]);
    expect(w.settings()).toEqual(seeded);

    await ok(w, ['settings', 'set', 'ui.default_theme', 'dark', ...at]);
    expect((await ok(w, ['settings', 'get', 'ui.default_theme', ...at])).out.trim()).toBe('dark');
    expect((await ok(w, ['settings', 'list', ...at])).out).toContain('ui.default_theme');
    await ok(w, ['settings', 'export', '--output', 'out.yml', ...at]);
    expect(w.text('out.yml')).toContain('dark');
    await ok(w, ['settings', 'unset', 'ui.default_theme', ...at]);
    expect(w.settings()['ui.default_theme']).toBeUndefined();
    await ok(w, ['settings', 'import', 'out.yml', ...at]);
    expect(unseal(String(w.settings()['ui.default_theme']?.value), KEY)).toBe('dark');

    const next = 'cd'.repeat(32);
    await ok(w, ['settings', 'reencrypt', ...at], {
      TMI_SECRET_SETTINGS_ENCRYPTION_KEY: next,
      TMI_SECRET_SETTINGS_ENCRYPTION_PREVIOUS_KEY: KEY,
    });
    expect(unseal(String(w.settings()['ui.default_theme']?.value), next)).toBe('dark');
  });

  it('finds the table that a server made, with values too long to be bound as a VARCHAR2', async () => {
    const w = new OracleWorkspace();
    await w.define(
      `create table system_settings (setting_key varchar2(256 char) not null, value clob not null,
        setting_type varchar2(50 char) not null, description clob, modified_at timestamp with time zone not null,
        modified_by varchar2(36 char), primary key (setting_key))`,
    );
    const long = 'ü'.repeat(6000);
    await ok(
      w,
      ['settings', 'set', 'operator.contact', 'x@example.com', '--allow-plaintext-secrets', ...at],
      {},
    );
    await ok(w, ['settings', 'set', 'timmy.operator_system_prompt', long, ...at], {});
    expect((await ok(w, ['settings', 'get', 'timmy.operator_system_prompt', ...at], {})).out.trim()).toBe(
      long,
    );
    expect(w.settings()['operator.contact']?.value).toBe('x@example.com');
  });
});
