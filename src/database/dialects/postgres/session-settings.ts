import { ToolError } from '../../../errors/index.js';

/** What `show` answers; rows are arrays where a statement asked for such. */
export interface ShownSetting {
  readonly rows: readonly (Readonly<Record<string, unknown>> | readonly unknown[])[];
}

/**
 * What the session must be like, as statements. They stand in every transaction, and before every statement outside of
 * one, in the same message: a pooler may lead each transaction to another session, and drop what was said at the login.
 */
export interface SessionSettings {
  /**
   * Puts the settings in place until the end of the transaction, and asks for some of them. None of the statements reads
   * from the database, which would fix what a transaction sees before its tables are locked.
   */
  readonly statements: readonly string[];
  /** True when the results of the statements, in their order, show the settings in place. */
  readonly isInPlace: (results: readonly ShownSetting[]) => boolean;
  /** What of `options` has to be said at the login; undefined when nothing has. */
  readonly startupOptions: string | undefined;
}

/** Texts of values: exact, and in the one form that is read, whatever role and database prefer. */
const own: readonly (readonly [name: string, value: string])[] = [
  ['TimeZone', 'UTC'],
  ['standard_conforming_strings', 'on'],
  ['DateStyle', 'ISO'],
  ['IntervalStyle', 'postgres'],
  ['bytea_output', 'hex'],
  ['extra_float_digits', '3'],
  ['xmloption', 'content'],
];

/** Settings of the session that a URL may name, by themselves or within `options`. */
const named = ['role', 'search_path', 'statement_timeout', 'lock_timeout', 'default_transaction_read_only'];

/** What another user of the session may have left behind goes back to what role and database say. */
const defaults = ['role', 'search_path', 'statement_timeout'];

/** A row that somebody keeps locked ends the run after half a minute. */
const LOCK_TIMEOUT = '30s';

/** A literal that means the same whatever `standard_conforming_strings` is. */
const literal = (text: string): string => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const isOn = (text: string): boolean => /^(on|true|yes|1|t|y)$/i.test(text);
const isTruth = (text: string): boolean => isOn(text) || /^(off|false|no|0|f|n)$/i.test(text);

/** The names of a list such as `app, "My Schema"`: without quotation marks they are in lower case. */
function listed(text: string): string[] {
  const names = text.match(/"(?:[^"]|"")*"|[^\s,"]+/g) ?? [];
  return names.map((name) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase(),
  );
}

const shown = ({ rows: [row] }: ShownSetting): string =>
  String(row === undefined ? '' : Object.values(row)[0]);

/** The words of `options`, where a backslash takes the meaning from a blank. */
function words(options: string): string[] {
  const found = options.match(/(?:\\.|[^\s\\])+/g) ?? [];
  return found.map((word) => word.replace(/\\(.)/g, '$1'));
}

/** `-c name=value`, `-cname=value` and `--name=value` of `options`; undefined when it holds anything else. */
function settingsOf(options: string): [name: string, value: string][] | undefined {
  const settings: [string, string][] = [];
  const rest = words(options);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const text = word === '-c' ? (rest.shift() ?? '') : word.replace(/^(-c|--)(?=.)/, '');
    const at = text.indexOf('=');
    if (text === word && word !== '-c') return undefined;
    if (at < 1) return undefined;
    settings.push([text.slice(0, at).replaceAll('-', '_'), text.slice(at + 1)]);
  }
  return settings;
}

/**
 * The settings for a URL's parameters.
 * @throws ToolError `database/invalid-url` for a value that means neither yes nor no
 */
export function sessionSettings(parameters: ReadonlyMap<string, string>): SessionSettings {
  const options = parameters.get('options');
  const within = options === undefined ? [] : settingsOf(options);
  const asked = new Map<string, string>([['lock_timeout', LOCK_TIMEOUT]]);
  for (const [name, value] of within ?? []) if (named.includes(name)) asked.set(name, value);
  for (const name of named) {
    const value = parameters.get(name);
    if (value !== undefined) asked.set(name, value);
  }
  const readOnly = asked.get('default_transaction_read_only');
  if (readOnly !== undefined && !isTruth(readOnly)) {
    throw new ToolError(
      'database/invalid-url',
      'The parameter default_transaction_read_only of the database URL has an unknown value',
      { hint: 'It is on or off.' },
    );
  }
  const writesNothing = readOnly !== undefined && isOn(readOnly);
  asked.delete('default_transaction_read_only');
  // An empty list has no place in the grammar.
  const valueOf = (name: string, value: string): string =>
    name === 'search_path' ? listed(value).map(literal).join(', ') || "''" : literal(value);
  const set = ([name, value]: readonly [string, string]): string =>
    `set local ${name} ${name === 'role' ? '' : 'to '}${valueOf(name, value)}`;
  const searchPath = asked.get('search_path');
  const settings = [
    ...(writesNothing ? ['set transaction read only'] : []),
    ...defaults.filter((name) => !asked.has(name)).map((name) => `set local ${name} to default`),
    // The role first: a schema may be called like it.
    ...[...asked].sort(([a], [b]) => named.indexOf(a) - named.indexOf(b)).map(set),
    ...own.map(set),
  ];
  const isUnderstood = within?.every(([name]) => named.includes(name)) ?? false;
  return {
    statements: [...settings, 'show timezone', 'show search_path', 'show transaction_read_only'],
    isInPlace: (results) => {
      const [zone = '', path = '', readOnlyNow = ''] = results.slice(settings.length).map(shown);
      const isRightPath =
        searchPath === undefined || JSON.stringify(listed(path)) === JSON.stringify(listed(searchPath));
      return zone === 'UTC' && isRightPath && (!writesNothing || readOnlyNow === 'on');
    },
    startupOptions: isUnderstood ? undefined : options,
  };
}
