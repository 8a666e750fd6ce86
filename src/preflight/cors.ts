import type { Configuration, Value } from './configuration.js';

/** The origins whose pages may call the API, with the setting that lists them. */
export function corsOrigins(configuration: Configuration): {
  readonly value: Value | undefined;
  readonly origins: readonly string[];
} {
  const value = configuration.written('server.cors.allowed_origins');
  return { value, origins: value ? (JSON.parse(value.text) as string[]) : [] };
}
