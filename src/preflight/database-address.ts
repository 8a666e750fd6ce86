import { parseDatabaseUrl, type ParsedUrl } from '../database/url.js';
import { ToolError } from '../errors/index.js';
import type { Configuration } from './configuration.js';

/** The database's URL when it can be read: inline, or from a reference that was resolved. */
export function databaseAddress(configuration: Configuration): ParsedUrl | undefined {
  const text = configuration.secretText(configuration.value('database.url'));
  if (text === undefined || text === '') return undefined;
  const parsed = parseOrFault(text);
  return parsed instanceof ToolError ? undefined : parsed;
}

/** What stands before `://` in the database's URL, in lower case; empty when the URL is not known. */
export function databaseScheme(configuration: Configuration): string {
  const text = configuration.secretText(configuration.value('database.url')) ?? '';
  return /^\s*([a-z]+):\/\//i.exec(text)?.[1]?.toLowerCase() ?? '';
}

/** The parts of a URL, or the fault as the database layer words it: without any part of the URL. */
export function parseOrFault(url: string): ParsedUrl | ToolError {
  try {
    return parseDatabaseUrl(url);
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
}

const unescapedPercent = /%(?![0-9a-f]{2})/i;

/**
 * The special characters of the user name and password of a connection URL that must be percent-encoded; empty when
 * there are none. What the server's URL parser allows there is left alone, a bare `@` excepted, since other readers of
 * the same URL stop at it.
 */
export function unencodedCharacters(url: string): string {
  const rest = /^[a-z][a-z0-9+.-]*:\/\/([^]*)$/i.exec(url.trim())?.[1] ?? '';
  if (/^sqlite:/i.test(url.trim())) return '';
  const authority = rest.split(/[/?#]/, 1)[0] ?? '';
  // A `/`, `?` or `#` of a password ends the first part too early; then the URL is broken and the `@` comes later.
  const whole = authority.includes('@') || !(parseOrFault(url) instanceof ToolError) ? authority : rest;
  const credentials = whole.slice(0, Math.max(whole.lastIndexOf('@'), 0));
  const special = credentials.match(/[^\w\-.:~!$&'()*+,;=%]/gu) ?? [];
  return [...new Set(unescapedPercent.test(credentials) ? [...special, '%'] : special)].join('');
}

/** For hints. */
export const encodingTable = '@ is %40, : is %3A, / is %2F, # is %23, ? is %3F, % is %25';
