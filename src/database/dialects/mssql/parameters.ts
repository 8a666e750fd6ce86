import { ToolError } from '../../../errors/index.js';

/**
 * A parameter of the URL under the first of its names. Neither case nor spaces count, as in the drivers for SQL Server:
 * `TrustServerCertificate` and `trust server certificate` are one.
 */
export function parameter(
  parameters: ReadonlyMap<string, string>,
  ...names: readonly string[]
): string | undefined {
  const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');
  for (const name of names) {
    for (const [written, value] of parameters) {
      if (plain(written) === plain(name) && value !== '') return value;
    }
  }
  return undefined;
}

/** @throws ToolError `database/invalid-url` for a value that is not one of `words` */
export function wordParameter<T>(
  parameters: ReadonlyMap<string, string>,
  name: string,
  words: Readonly<Record<string, T>>,
): T | undefined {
  const value = parameter(parameters, name)?.toLowerCase();
  if (value === undefined) return undefined;
  if (Object.hasOwn(words, value)) return words[value];
  throw new ToolError(
    'database/invalid-url',
    `The parameter ${name} of the database URL has an unknown value`,
    { hint: `It is one of ${Object.keys(words).join(', ')}.` },
  );
}
