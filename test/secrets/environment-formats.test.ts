import { execFileSync } from 'node:child_process';
import { parse as parseDotenv } from 'dotenv';
import fc from 'fast-check';
import { CORE_SCHEMA, load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { ToolError } from '../../src/errors/index.js';
import {
  environmentFormats,
  formatEnvironment,
  type EffectiveVariable,
  type EnvironmentFormat,
} from '../../src/secrets/index.js';
import { dotenvText } from '../../src/secrets/environment-formats.js';
import { SECRET_MASK, SecretValue } from '../../src/values/index.js';
import { codeOf } from '../support/errors.js';

const variable = (
  name: string,
  value: string,
  facts: Partial<EffectiveVariable> = {},
): EffectiveVariable => ({
  name,
  key: name,
  secret: true,
  origin: {},
  value: new SecretValue(value),
  reference: undefined,
  ...facts,
});

type Variables = Record<string, string>;

/** Sources the text in a real shell, and lists what a program started from there finds in its environment. */
function readShell(text: string): Variables {
  const script = `${text}\nexec "$NODE" -e 'process.stdout.write(JSON.stringify(process.env))'`;
  const out = execFileSync('sh', ['-s'], { input: script, env: { NODE: process.execPath } });
  const env = JSON.parse(out.toString()) as Variables;
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('TMI_')));
}

const readers: Readonly<Record<EnvironmentFormat, readonly ((text: string) => unknown)[]>> = {
  json: [(text) => JSON.parse(text) as unknown],
  dotenv: [(text) => parseDotenv(text)],
  shell: [readShell],
  yaml: [(text) => parseYaml(text) as unknown, (text) => load(text, { schema: CORE_SCHEMA })],
};

const pem = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC+/='.repeat(4)}\n-----END PRIVATE KEY-----\n`;

const hard: Variables = {
  TMI_PEM: pem,
  TMI_PEM_WINDOWS: pem.replaceAll('\n', '\r\n'),
  TMI_EMPTY: '',
  TMI_SPACES: '  two  ',
  TMI_QUOTE: "it's",
  TMI_QUOTES: `'"`,
  TMI_DOLLAR: '$HOME ${PATH} $(id) `id` $$',
  TMI_BACKSLASH: 'C:\\new\\road\\',
  TMI_HASH: 'a #b',
  TMI_UMLAUT: 'pässwörd 🔑 \u2028 \u00a0',
  TMI_YES: 'yes',
  TMI_NUMBER: '0123',
  TMI_NULL: 'null',
  TMI_EXCLAMATION: '!tag *a &b %c @d',
  TMI_LINES: "a\n'b'\n# c\nTMI_X=1",
};

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom(
      'a',
      ' ',
      "'",
      '"',
      '`',
      '\\',
      'n',
      'r',
      '$',
      '#',
      '\n',
      '\r',
      '=',
      ':',
      '\u2028',
      'é',
      '\t',
    ),
    maxLength: 12,
  }),
);
const environment = fc.dictionary(
  fc.stringMatching(/^TMI_[A-Z]{1,4}$/),
  text.filter((t) => !t.includes('\0')),
  {
    maxKeys: 6,
  },
);

const write = (values: Variables, format: EnvironmentFormat): string =>
  formatEnvironment(
    Object.entries(values).map(([name, value]) => variable(name, value)),
    format,
    true,
  );

/** A reader's result without a prototype, which JSON and dotenv give differently. */
const plain = (value: unknown): unknown => ({ ...(value as object) });

describe.each(environmentFormats)('the format %s', (format) => {
  it('survives its own readers with keys, quotes, dollars, backslashes and other alphabets', () => {
    // What would need back quotes, in which a shell runs commands, is not written as dotenv.
    const dangerous = ['TMI_BACKSLASH', 'TMI_QUOTES'];
    const written = Object.fromEntries(
      Object.entries(hard).filter(([name]) => format !== 'dotenv' || !dangerous.includes(name)),
    );
    for (const read of readers[format]) expect(plain(read(write(written, format)))).toEqual(written);
  });

  it('survives them with any text', () => {
    fc.assert(
      fc.property(environment, (values) => {
        const writable =
          format === 'dotenv'
            ? Object.fromEntries(Object.entries(values).filter(([, v]) => dotenvText(v) !== undefined))
            : values;
        const written = write(writable, format);
        for (const read of readers[format]) expect(plain(read(written))).toEqual({ ...writable });
      }),
      { numRuns: format === 'shell' ? 40 : 500 },
    );
  });

  it('writes no secret that is not revealed, and every other value', () => {
    const out = formatEnvironment(
      [
        variable('TMI_INLINE', 'the-secret'),
        variable('TMI_RESOLVED', 'another-secret', { reference: 'vault://a' }),
        variable('TMI_DEFAULT', 'vault://a?default=third-secret', {
          reference: `vault://a?default=${SECRET_MASK}`,
        }),
        variable('TMI_REFERENCE', 'vault://b', { reference: 'vault://b' }),
        variable('TMI_PORT', '8080', { secret: false }),
      ],
      format,
      false,
    );
    expect(out).not.toMatch(/-secret/);
    const masked = format === 'json' ? SECRET_MASK : undefined;
    for (const read of readers[format]) {
      const found = read(out) as Variables;
      expect(found['TMI_INLINE']).toBe(masked);
      expect(found['TMI_RESOLVED']).toBe(masked);
      expect(found['TMI_DEFAULT']).toBe(masked);
      expect(found['TMI_REFERENCE']).toBe('vault://b');
      expect(found['TMI_PORT']).toBe('8080');
    }
  });

  it.each(['TMI A', 'TMI-A', '1TMI', 'TMI_A;id', '$(id)', 'é'])(
    'has no variable of the name %s, unless it is data',
    (name) => {
      const text = write({ [name]: 'CANARY', TMI_OTHER: 'x' }, format);
      const isData = format === 'json' || format === 'yaml';
      const expected = isData ? { [name]: 'CANARY', TMI_OTHER: 'x' } : { TMI_OTHER: 'x' };
      for (const read of readers[format]) expect(plain(read(text))).toEqual(expected);
      if (!isData) expect(text.split('\n')[0]).toBe(`# ${name} is no name of a variable`);
    },
  );

  it('writes an environment without variables', () => {
    for (const read of readers[format]) expect(plain(read(write({}, format)))).toEqual({});
  });
});

describe('dotenv', () => {
  it('refuses a value with every kind of quote rather than writing another one', () => {
    const value = '\'one\' "two" `three`\n';
    expect(codeOf(() => write({ TMI_A: value }, 'dotenv'))).toBe('secrets/not-expressible');
    try {
      write({ TMI_A: value }, 'dotenv');
    } catch (error) {
      expect((error as ToolError).message).not.toContain('three');
    }
  });
});
