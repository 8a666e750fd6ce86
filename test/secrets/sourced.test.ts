import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatEnvironment, type EffectiveVariable } from '../../src/secrets/index.js';
import { dotenvText } from '../../src/secrets/environment-formats.js';
import { writeEnvironmentExport } from '../../src/settings/export/environment.js';
import type { ExportEntry } from '../../src/settings/export/format.js';
import { SecretValue } from '../../src/values/index.js';
import { codeOf } from '../support/errors.js';
import {
  assertHarmless as assertHarmlessIn,
  attacks,
  shells,
  sourced as sourcedIn,
} from '../support/sourced.js';

/*
 * Exports are sourced by root in deployment scripts, and what stands in them was written by whoever may write a setting.
 * So what strangers write runs nothing and sets nothing but its own variable, whoever reads the export.
 */

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-sourced-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const sourced = (shell: string, text: string): Record<string, string> => sourcedIn(folder, shell, text);
const assertHarmless = (text: string): void => assertHarmlessIn(folder, text);

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
    // Only what the shells make of it steers.
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\u2028-\u202e]/u);
  });

  it.each(['shell', 'dotenv'] as const)('%s: refuses what no variable holds', (format) => {
    expect(codeOf(() => formatEnvironment([variable('TMI_A', 'a\0b')], format, true))).toBe(
      'secrets/not-expressible',
    );
  });

  it('dotenv: refuses what would steer a terminal, for which it has no escape', () => {
    for (const text of ['a\u001bb', 'a\u009bb', 'a\u202eb', 'a\u2066b', 'a\u007fb'])
      expect([text, dotenvText(text)]).toEqual([text, undefined]);
    expect(dotenvText('a\tb')).toBe("'a\tb'");
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
    const text = write([
      entry('operator.name', attacks.filter((a) => !/[\p{Cc}\u2028-\u202e]/u.test(a)).join('')),
    ]);
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

  it('says which value an env file cannot carry', () => {
    expect(write([entry('operator.name', 'a\nb')])).toMatch(/^# operator.name: it has several lines/m);
    for (const text of ['a\u001bb', 'a\u009bb', 'a\u202eb', 'a\0b'])
      expect(write([entry('operator.name', text)])).toMatch(/^# operator.name: it has control characters/m);
  });
});
