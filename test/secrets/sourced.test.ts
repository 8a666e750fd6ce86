import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatEnvironment, type EffectiveVariable } from '../../src/secrets/index.js';
import { dotenvText } from '../../src/secrets/environment-formats.js';
import { writeEnvironmentExport } from '../../src/settings/export/environment.js';
import type { ExportEntry } from '../../src/settings/export/format.js';
import { SecretValue } from '../../src/values/index.js';

/*
 * Exports are sourced by root in deployment scripts, and what stands in them was written by whoever may write a setting.
 * So what strangers write runs nothing and sets nothing but its own variable, whoever reads the export.
 */

const attacks = [
  '$(touch PWNED)',
  '`touch PWNED`',
  "'; touch PWNED #",
  "a'$(touch PWNED)`touch PWNED`",
  '"; touch PWNED #',
  '"$(touch PWNED)',
  '\\',
  "x\\'; touch PWNED #",
  "'\\''; touch PWNED #",
  '; touch PWNED #',
  '(touch PWNED)',
  '\ntouch PWNED #',
  '\rtouch PWNED #',
  'a\nEVIL=1',
  'a\u2028EVIL=1',
  "'\nEVIL=1",
  '"\nEVIL=1\n"',
  '`\nEVIL=1',
  'a\nexport EVIL=1',
  '!!',
  '\u001b]0;title\u0007',
];

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-sourced-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const shells = ['sh', 'bash', 'dash', 'zsh', 'fish'].filter(
  (shell) => spawnSync(shell, ['-c', 'true']).status === 0,
);

/** Sources the text as a script does, and gives the environment that a program started then has. */
function sourced(shell: string, text: string): Record<string, string> {
  const file = join(folder, 'export');
  writeFileSync(file, text);
  const print = `"$NODE" -e 'process.stdout.write("\\n=== " + JSON.stringify(process.env))'`;
  const begin = shell === 'fish' ? '' : 'set -a; ';
  const run = spawnSync(shell, ['-c', `${begin}. ./export; ${print}`], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, NODE: process.execPath },
  });
  const [, json = '{}'] = run.stdout.split('\n=== ');
  return JSON.parse(json) as Record<string, string>;
}

/** What `docker run --env-file` does: line by line, no quotes, a comment begins with its sign. */
function dockerEnvFile(text: string): Record<string, string> {
  const pairs = text.split('\n').flatMap((line) => {
    const trimmed = line.trimStart();
    const at = trimmed.indexOf('=');
    return trimmed.startsWith('#') || at <= 0 ? [] : [[trimmed.slice(0, at), trimmed.slice(at + 1)]];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

function assertHarmless(text: string): void {
  for (const shell of shells) {
    expect([shell, sourced(shell, text)['EVIL']], text).toEqual([shell, undefined]);
    expect(
      [shell, readdirSync(folder).filter((name) => name !== 'export' && !name.startsWith('.'))],
      text,
    ).toEqual([shell, []]);
  }
  expect(parseDotenv(text)).not.toHaveProperty('EVIL');
  expect(dockerEnvFile(text)).not.toHaveProperty('EVIL');
  // No comment holds what steers a terminal.
  for (const line of text.split('\n').filter((line) => line.startsWith('#'))) {
    expect(line).toMatch(/^[^\p{Cc}\u2028\u2029]*$/u);
  }
}

const variable = (name: string, value: string, secret = true): EffectiveVariable => ({
  name,
  key: name,
  secret,
  origin: {},
  value: new SecretValue(value),
  reference: undefined,
});

it('is tried with the shells that operators have', () => {
  expect(shells).toEqual(expect.arrayContaining(['sh', 'bash', 'dash']));
});

describe('resolve-secrets --format', () => {
  it('shell: gives every shell the value, and runs nothing', () => {
    const variables = attacks.map((text, index) => variable(`TMI_A${index}`, text));
    const text = formatEnvironment(variables, 'shell', true);
    for (const shell of shells) {
      const environment = sourced(shell, text);
      const values = attacks.map((_, index) => environment[`TMI_A${index}`]);
      expect([shell, values]).toEqual([shell, attacks]);
    }
    for (const shell of shells) expect([shell, sourced(shell, text)['EVIL']]).toEqual([shell, undefined]);
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual(['export']);
  });

  it('dotenv: is read exactly by the package, and harmless to shells and Docker', () => {
    const expressible = attacks.filter((text) => dotenvText(text) !== undefined);
    expect(expressible.length).toBeGreaterThan(5);
    const variables = expressible.map((text, index) => variable(`TMI_A${index}`, text));
    const text = formatEnvironment(variables, 'dotenv', true);
    const read = parseDotenv(text);
    expect(expressible.map((_, index) => read[`TMI_A${index}`])).toEqual(expressible);
    assertHarmless(text);
    for (const one of expressible)
      assertHarmless(formatEnvironment([variable('TMI_A', one)], 'dotenv', true));
  });

  it.each(['shell', 'dotenv'] as const)(
    '%s: names that strangers gave stand in no line of their own',
    (format) => {
      const names = attacks.map((text) => `TMI_PARAMS_${text}`);
      for (const reveal of [false, true]) {
        const text = formatEnvironment(
          names.map((name) => variable(name, 'v')),
          format,
          reveal,
        );
        expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('# '))).toEqual([]);
        assertHarmless(text);
      }
    },
  );
});

describe('settings export --format env', () => {
  const entry = (key: string, text: string, secret = false): ExportEntry => ({
    key,
    value: secret ? { kind: 'masked', fingerprint: 'unverified' } : { kind: 'plain', text },
    type: 'string',
    origin: 'explicit',
    modifiedAt: null,
    modifiedBy: null,
    description: "d\ntouch PWNED\u2028EVIL=1 '",
  });
  const write = (entries: readonly ExportEntry[]): string =>
    writeEnvironmentExport({ exportedAt: '', secrets: 'mask', salt: '', entries });

  it('runs and sets nothing that a value holds', () => {
    for (const attack of attacks) assertHarmless(write([entry('operator.name', attack)]));
    const text = write([entry('operator.name', attacks.filter((a) => !/[\n\r\u2028]/.test(a)).join(''))]);
    assertHarmless(text);
    expect(sourced('sh', text)['TMI_OPERATOR_NAME']).toContain("a'$(touch PWNED)`touch PWNED`");
  });

  it('runs and sets nothing that a key, or an entry of a map, holds', () => {
    const params = 'auth.oauth.providers.google.additional_params';
    for (const attack of attacks) {
      assertHarmless(
        write([entry(`x${attack}`, 'v'), entry(`auth.oauth.providers.a${attack}.client_secret`, '', true)]),
      );
      assertHarmless(write([entry(params, JSON.stringify({ [attack]: attack }))]));
    }
  });

  it('says which value of several lines an env file cannot carry', () => {
    expect(write([entry('operator.name', 'a\nb')])).toMatch(/^# operator.name: it has several lines/m);
  });
});
