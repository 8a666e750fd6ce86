import { scalarText } from '../config/yaml/scalar-text.js';
import { ToolError } from '../errors/index.js';
import { SECRET_MASK } from '../values/secret-value.js';
import type { EffectiveVariable } from './effective-environment.js';

export const environmentFormats = ['json', 'dotenv', 'shell', 'yaml'] as const;
export type EnvironmentFormat = (typeof environmentFormats)[number];

/**
 * A value as the `dotenv` package reads it. It knows no escapes but `\n` and `\r` between double quotes, so the
 * quotes are chosen by what the value does not hold; undefined when every kind of quote is in the value.
 */
export function dotenvText(value: string): string | undefined {
  // Before its closing quote a backslash would be taken for an escape of it.
  const quotable = !value.endsWith('\\');
  const cr = value.includes('\r');
  if (quotable && !cr && !value.includes("'")) return `'${value}'`;
  if (quotable && !value.includes('"') && !/\\[nr]/.test(value)) return `"${value.replaceAll('\r', '\\r')}"`;
  if (quotable && !cr && !value.includes('`')) return `\`${value}\``;
  const bare = value !== '' && value === value.trim() && !/^['"`]|[#\r\n]/.test(value);
  return bare ? value : undefined;
}

/** A value between single quotes, in which a POSIX shell leaves everything as it is. */
function shellText(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

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
    hint: 'It mixes all kinds of quotes, for which the format has no escape. Use --format shell, json or yaml, or exec.',
  });
}

const lineWriters: Readonly<
  Record<Exclude<EnvironmentFormat, 'json'>, (name: string, text: string) => string>
> = {
  dotenv: dotenvLine,
  shell: (name, text) => `export ${name}=${shellText(text)}`,
  yaml: (name, text) => `${name}: ${scalarText(text)}`,
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
    return `${JSON.stringify(Object.fromEntries(texts), null, 2)}\n`;
  }
  const lines = variables.map((variable) => {
    const text = shownText(variable, reveal);
    return text === undefined
      ? `# ${variable.name} is a secret, which --reveal writes`
      : lineWriters[format](variable.name, text);
  });
  return lines.map((line) => `${line}\n`).join('') || (format === 'yaml' ? '{}\n' : '');
}
