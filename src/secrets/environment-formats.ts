import { scalarText } from '../config/yaml/scalar-text.js';
import { ToolError } from '../errors/index.js';
import { escapeControls, escapeQuoted } from '../redact/index.js';
import { isSteering, splitSteering } from '../redact/escape.js';
import { SECRET_MASK } from '../values/secret-value.js';
import type { EffectiveVariable } from './effective-environment.js';

export const environmentFormats = ['json', 'dotenv', 'shell', 'yaml'] as const;
export type EnvironmentFormat = (typeof environmentFormats)[number];

/** True where a line of a value other than its first could be taken for a variable by who reads line by line, as Docker. */
const hasAssignment = (value: string): boolean => /[\n\r\u2028\u2029][^\n]*=/.test(value);

/** Of what steers a terminal dotenv has escapes for the ends of lines alone; separators of Unicode and tabs do no harm. */
const notInDotenv = /[^\P{Cc}\t\n\r]|[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

/**
 * A value as the `dotenv` package reads it, harmless in a shell that sources it and for Docker, which knows no quotes.
 * The package knows no escapes but `\n` and `\r` between double quotes, so the quotes are chosen by what the value does
 * not hold; undefined when there is no way. Between back quotes, as the package has them too, a shell runs commands.
 */
export function dotenvText(value: string): string | undefined {
  if (notInDotenv.test(value)) return undefined;
  // Before its closing quote a backslash would be taken for an escape of it.
  const single = !/[\r']|\\$/.test(value);
  if (single && !hasAssignment(value)) return `'${value}'`;
  if (/["\\$`!\u2028\u2029]/.test(value)) return undefined;
  return `"${value.replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`;
}

/** Between single quotes; quote and backslash, which mean something there to one of them, outside behind a backslash. */
const singleQuoted = (text: string): string =>
  `'${text.replace(/['\\]/g, (character) => `'\\${character}'`)}'`;

/** Made by the shell itself from octal numbers: POSIX has no escape for it in any quotes. */
function printed(text: string): string {
  const octal = [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  return `"$(printf '${octal.join('')}')"`;
}

/**
 * A value that a POSIX shell, and fish since 3.4, leave as it is. What would steer a terminal that shows the text, other
 * than ends of lines and tabs, is made by `printf` when it is read.
 * @param value without NUL, which no variable holds
 */
export function shellText(value: string): string {
  const parts = splitSteering(value).map((part) => (isSteering(part) ? printed(part) : singleQuoted(part)));
  return parts.join('') || "''";
}

/** A name that any reader takes for the name of a variable, and for nothing else. */
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * What may be shown of a value: all of it when values are revealed or it is no secret, its reference when the text
 * is one, and else nothing.
 */
function shownText({ secret, value, reference }: EffectiveVariable, reveal: boolean): string | undefined {
  if (reveal || !secret) return value.reveal();
  return reference !== undefined && reference === value.reveal() ? reference : undefined;
}

function dotenvLine(name: string, text: string): string {
  const written = dotenvText(text);
  if (written !== undefined) return `${name}=${written}`;
  throw new ToolError('secrets/not-expressible', `the value for ${name} cannot be written as dotenv`, {
    hint: 'It mixes quotes with what a shell acts on, or holds control characters, for which the format has no escape. Use --format shell, json or yaml, or exec.',
  });
}

function shellLine(name: string, text: string): string {
  if (!text.includes('\0')) return `export ${name}=${shellText(text)}`;
  throw new ToolError('secrets/not-expressible', `the value for ${name} cannot be written for a shell`, {
    hint: 'It holds the character NUL, which no variable can hold. Use --format json or yaml.',
  });
}

/** Quoted where it would steer a terminal: the quotes of YAML read what those of JSON do. */
function yamlText(text: string): string {
  return escapeControls(text) === text ? scalarText(text) : escapeQuoted(JSON.stringify(text));
}

const lineWriters: Readonly<
  Record<Exclude<EnvironmentFormat, 'json'>, (name: string, text: string) => string>
> = {
  dotenv: dotenvLine,
  shell: shellLine,
  yaml: (name, text) => `${scalarText(name)}: ${yamlText(text)}`,
};

/**
 * The environment as text that the format's own reader reads back exactly. Secrets that are not revealed stand as
 * comments, so that nobody starts a server with a mask for a password; JSON, which has no comments, holds masks.
 * @throws ToolError `secrets/not-expressible` for a value that the format has no way to write
 */
export function formatEnvironment(
  variables: readonly EffectiveVariable[],
  format: EnvironmentFormat,
  reveal: boolean,
): string {
  if (format === 'json') {
    const texts = variables.map((variable) => [variable.name, shownText(variable, reveal) ?? SECRET_MASK]);
    return `${escapeQuoted(JSON.stringify(Object.fromEntries(texts), null, 2))}\n`;
  }
  const lines = variables.map((variable) => {
    const { name } = variable;
    const text = shownText(variable, reveal);
    if (text === undefined) return `# ${escapeControls(name)} is a secret, which --reveal writes`;
    // The names of a map's entries are anybody's.
    if (format !== 'yaml' && !variableName.test(name))
      return `# ${escapeControls(name)} is no name of a variable`;
    return lineWriters[format](name, text);
  });
  return lines.map((line) => `${line}\n`).join('') || (format === 'yaml' ? '{}\n' : '');
}
