import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandEntry } from '../../commands/command.js';
import { commandEntries, program } from '../../commands/index.js';
import { main } from '../../commands/main.js';
import { isHidden } from '../../src/redact/index.js';
import { keyOfProviderField, keyOfSetting, type SettingKey } from '../../src/config/setting-key.js';
import { providerFamilies, settings } from '../../src/registry/index.js';
import { FakeIo } from '../support/io.js';
import { lineIn, variantsOf, workingArguments } from '../support/every-command.js';
import { runEntry } from '../support/run-entry.js';

/*
 * All settings whose values are not shown, in the file, in variables and in rows, against everything that any command of
 * the table prints: with each of its options, each of its formats. A new command and a new setting are covered unnamed.
 */

/** Texts that must not be seen, with what they are. */
const canaries = new Map<string, string>();
function canary(name: string): string {
  const text = `Zq${String(canaries.size).padStart(3, '0')}Xk${name.length}Vw`;
  canaries.set(text, name);
  return text;
}

/** A canary in every form in which a program might print it by mistake. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  // Base64 depends on what stands before: of each of the three forms the part that is always the same.
  const base64 = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before, 'x'), bytes])
      .toString('base64')
      .replace(/=+$/, '')
      .slice(before === 0 ? 0 : 4, -2),
  );
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  return [text, bytes.toString('hex'), percent, ...base64];
}

function leaksIn(output: string): string[] {
  const lower = output.toLowerCase();
  return [...canaries]
    .filter(([text]) =>
      formsOf(text).some((form) =>
        form === text ? lower.includes(form.toLowerCase()) : output.includes(form),
      ),
    )
    .map(([, name]) => name);
}

const providerKeys = providerFamilies.flatMap((family) =>
  family.fields.map((field) =>
    keyOfProviderField(family, family.kind === 'content_oauth' ? 'confluence' : 'example', field),
  ),
);
/** Where the tool works: the database is named on the command line, and the provider is the environment. */
const taken = new Set(['database.url', 'secrets.provider']);
const hidden: readonly SettingKey[] = [...settings.map(keyOfSetting), ...providerKeys].filter(
  (key) => isHidden(key) && !taken.has(key.path) && key.type === 'string',
);

/** `{a: {b: 1}}` as YAML of one line. */
function nested(pairs: readonly (readonly [path: string, value: unknown])[]): string {
  const root: Record<string, unknown> = {};
  for (const [path, value] of pairs) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let at = root;
    for (const name of names) at = (at[name] ??= {}) as Record<string, unknown>;
    at[last] = value;
  }
  return `${JSON.stringify(root, null, 2)}\n`;
}

const mapOf = (layer: string): Record<string, string> => ({
  client_token: canary(`${layer} entry of a map`),
  tenant: 'x',
});

function variablesOf(): Record<string, string> {
  const own = hidden.flatMap((key): [string, string][] =>
    key.setting?.env ? [[key.setting.env, canary(`variable of ${key.path}`)]] : [],
  );
  return {
    ...Object.fromEntries(own),
    OAUTH_PROVIDERS_OTHER_ENABLED: 'true',
    OAUTH_PROVIDERS_OTHER_CLIENT_SECRET: canary('variable of a provider'),
    OAUTH_PROVIDERS_OTHER_ADDITIONAL_PARAMS_CLIENT_TOKEN: canary('variable of an entry of a map'),
    TMI_SECRET_SOMETHING: canary('variable of a secret'),
  };
}

let template: string;
let variables: Record<string, string>;
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'tmi-dbtool-secrets-'));
  const file = nested([
    ['server.port', '8080'],
    ['auth.build_mode', 'dev'],
    ...hidden
      .filter(({ setting }) => setting?.path !== null)
      .map((key) => [key.path, canary(`file ${key.path}`)] as const),
    ['auth.oauth.providers.example.enabled', true],
    ['auth.oauth.providers.example.additional_params', mapOf('file')],
    ['something.password', canary('file, unknown key')],
  ]);
  writeFileSync(join(template, 'c.yml'), file);
  variables = variablesOf();
  const rows = [
    ...hidden.filter(({ operational }) => operational).map((key) => `${key.key}=${canary(`row ${key.key}`)}`),
    `auth.oauth.providers.row.additional_params=${JSON.stringify(mapOf('row'))}`,
    `custom.api_key=${canary('row, unknown key')}`,
  ];
  const io = new FakeIo({ cwd: template, env: {} });
  const url = `sqlite://${template}/t.db`;
  const allow = ['--allow-plaintext-secrets', '--allow-unknown'];
  const code = await main(['settings', 'set', ...rows, ...allow, '--database-url', url], io);
  expect([code, code === 0 ? '' : io.err]).toEqual([0, '']);
  const exported = await main(['settings', 'export', '--output', 'export.yml', '--database-url', url], io);
  const backedUp = await main(['db', 'backup', '--output', 'b.gz', '--database-url', url], io);
  expect([exported, backedUp, io.err]).toEqual([0, 0, expect.any(String) as unknown]);
  expect(leaksIn(io.out + io.err)).toEqual([]);
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

/** What a command needs to do its work. */
const needs: Readonly<Record<string, readonly string[]>> = {
  ...workingArguments,
  'settings set': ['timmy.llm_api_key=Another-1', '--allow-plaintext-secrets'],
  'settings unset': ['timmy.llm_api_key'],
  exec: ['--', 'true'],
};
/** What shows values because that is what it is for. */
const revealing = /^--(?:reveal|show|secrets)$/;
async function printedBy(
  entry: CommandEntry,
  variant: readonly string[],
): Promise<{ code: number; text: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-one-'));
  try {
    cpSync(template, folder, { recursive: true });
    const io = new FakeIo({ cwd: folder, env: { PATH: process.env['PATH'], ...variables } });
    const args = lineIn(folder, entry, needs[entry.name] ?? [], variant);
    const code = await runEntry(entry, args, io, program);
    return { code, text: io.out + io.err };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function leaksOf(entry: CommandEntry): Promise<string[]> {
  const found: string[] = [];
  for (const variant of await variantsOf(entry, revealing)) {
    const { text } = await printedBy(entry, variant);
    found.push(...leaksIn(text).map((name) => `${entry.name} ${variant.join(' ')}: ${name}`));
  }
  return found;
}

it('plants what is worth it', () => {
  expect(canaries.size).toBeGreaterThan(45);
  expect(hidden.map(({ path }) => path)).toContain('content_sources.google_drive.picker_developer_key');
});

describe.each(commandEntries.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
  it('prints no value that is not shown, whatever its options', { timeout: 120_000 }, async () => {
    expect(await leaksOf(entry)).toEqual([]);
  });
});

describe('the test itself', () => {
  it.each(['settings list', 'resolve-secrets', 'settings export', 'settings explain'])(
    'gets as far as the values with %s',
    async (name) => {
      const entry = commandEntries.find((found) => found.name === name);
      const { code, text } = await printedBy(
        entry as CommandEntry,
        name === 'resolve-secrets' ? ['--format', 'text'] : [],
      );
      expect([code, text.length > 100], text).toEqual([0, true]);
    },
  );

  it.each(['utf8', 'base64', 'hex'] as const)(
    'sees a careless command that prints in %s',
    async (encoding) => {
      const careless: CommandEntry = {
        name: 'careless print',
        group: 'Shell',
        summary: 'prints its environment',
        load: () =>
          Promise.resolve({
            define: (command, io, finish) =>
              void command.action(() => {
                io.stdout.write(Buffer.from(JSON.stringify(io.env)).toString(encoding));
                finish(0);
              }),
          }),
      };
      expect((await leaksOf(careless)).length).toBeGreaterThan(10);
    },
  );
});
