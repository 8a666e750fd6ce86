import type { SettingType } from '../registry/index.js';
import {
  administratorFieldNames,
  formatBool,
  formatFloat64,
  fromData,
  fromText,
  type Normalised,
} from '../values/index.js';
import { readServerScalar, type ServerScalar } from './server-scalar.js';
import type { ScalarNode, YamlNode } from './yaml/node.js';

/**
 * A value of a configuration file: in normal form, absent (null in YAML leaves the default), or wrong. `unfit`: servers
 * take it, but it has no normal form that a row could hold.
 */
export type TypedValue =
  | {
      readonly kind: 'value';
      readonly text: string;
      /** Where servers read something else than what was most likely meant: what was expected, and what they read. */
      readonly doubt?: { readonly expected: string; readonly effect: string };
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unfit'; readonly expected: string }
  | { readonly kind: 'invalid'; readonly expected: string };

const yamlTrue = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']);
const yamlFalse = new Set(['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']);

function invalid(expected: string): TypedValue {
  return { kind: 'invalid', expected };
}

function typed(result: Normalised): TypedValue {
  return result.ok ? { kind: 'value', text: result.text } : invalid(result.expected);
}

/** A number that servers read in their own way. */
function misread(result: Normalised, expected: string, how: string): TypedValue {
  const value = typed(result);
  if (value.kind !== 'value') return value;
  return { ...value, doubt: { expected, effect: `servers ${how} and take ${value.text}` } };
}

/** The server's YAML reader takes the bools of YAML 1.1 too where a bool is expected, quoted or not. */
function bool(node: ScalarNode, scalar: ServerScalar): TypedValue {
  if (scalar.kind === 'bool') return { kind: 'value', text: formatBool(scalar.value) };
  if (scalar.kind === 'text' && yamlTrue.has(node.text)) return { kind: 'value', text: 'true' };
  if (scalar.kind === 'text' && yamlFalse.has(node.text)) return { kind: 'value', text: 'false' };
  return invalid(node.style === 'plain' ? 'true or false' : 'true or false, without quotes');
}

/** A number that the server would read as octal, while whoever wrote it most likely meant a decimal one. */
const leadingZero = /^[-+]?0[0-9_]+$/;

/** Whole numbers as the server's YAML reader takes them: also in hexadecimal, octal and binary, with underscores. */
function integer(node: ScalarNode, scalar: ServerScalar): TypedValue {
  const expected = 'a whole number';
  if (scalar.kind === 'text' && node.style !== 'plain') return invalid(`${expected}, without quotes`);
  if (scalar.kind === 'int') {
    const value = fromText('int', scalar.value.toString());
    return leadingZero.test(node.text) && value.ok && value.text !== node.text
      ? misread(value, `${expected} without leading zeros`, 'read those as octal')
      : typed(value);
  }
  if (scalar.kind !== 'float') return invalid(expected);
  const whole = fromText('int', BigInt(Math.trunc(scalar.value)).toString());
  return Number.isInteger(scalar.value) ? typed(whole) : misread(whole, expected, 'cut the fraction off');
}

function float(node: ScalarNode, scalar: ServerScalar): TypedValue {
  if (scalar.kind === 'text' && node.style !== 'plain') return invalid('a number, without quotes');
  if (scalar.kind !== 'int' && scalar.kind !== 'float') return invalid('a number, such as 0.25');
  const value = fromText('float', formatFloat64(Number(scalar.value)));
  return leadingZero.test(node.text)
    ? misread(value, 'a number without leading zeros', 'read those as octal')
    : typed(value);
}

function duration(node: ScalarNode, scalar: ServerScalar): TypedValue {
  if (scalar.kind === 'int') return invalid(`a duration with its unit, such as ${scalar.value}s`);
  return scalar.kind === 'text' ? typed(fromText('duration', node.text)) : invalid('a duration, such as 30s');
}

function scalarValue(type: SettingType, node: ScalarNode): TypedValue {
  if (node.isNull) return { kind: 'absent' };
  // Observed: what is decoded counts where text is expected, and nowhere else.
  if (node.tag === 'binary' && type !== 'string') return invalid('a value without the tag !!binary');
  const scalar = readServerScalar(node);
  if (scalar.kind === 'refused') return invalid(`a value that fits its tag !!${node.tag ?? ''}`);
  switch (type) {
    case 'string':
      return { kind: 'value', text: node.text };
    case 'bool':
      return bool(node, scalar);
    case 'int':
      return integer(node, scalar);
    case 'float':
      return float(node, scalar);
    case 'duration':
      return duration(node, scalar);
    case 'string_list':
      return invalid('a list, one item to a line after "- ", or [a, b]');
    case 'string_map':
      return invalid('a map of names and texts');
    case 'userinfo_list':
      return invalid('a list of entries with url and claims');
    case 'administrator_list':
      return invalid('a list of administrators');
  }
}

/** Plain data of text, list and map, as the registry's structured types expect it. */
export type PlainData = string | null | readonly PlainData[] | { readonly [key: string]: PlainData };

/** A node as plain data: scalars as their text, null as null. */
export function plainData(node: YamlNode): PlainData {
  switch (node.kind) {
    case 'scalar':
      return node.isNull ? null : node.text;
    case 'sequence':
      return node.items.map(plainData);
    case 'map':
      return Object.fromEntries(node.entries.map((entry) => [entry.key, plainData(entry.value)]));
  }
}

const structured: ReadonlySet<SettingType> = new Set([
  'string_list',
  'string_map',
  'userinfo_list',
  'administrator_list',
]);

const isMap = (data: PlainData): data is { readonly [key: string]: PlainData } =>
  typeof data === 'object' && data !== null && !Array.isArray(data);

/** A map of texts in which a key without a value means the empty text, as it does to the server's reader. */
function withoutNulls(data: PlainData): PlainData {
  if (!isMap(data)) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value ?? '']));
}

/** Nulls inside lists and maps as the server's reader takes them: an item without a value is no item. */
function withServerNulls(type: SettingType, data: PlainData): PlainData {
  if (type === 'string_map') return withoutNulls(data);
  if (!Array.isArray(data)) return data;
  const items = (data as readonly PlainData[]).filter((item) => item !== null);
  if (type !== 'userinfo_list') return items;
  return items.map((item) =>
    isMap(item) && item['claims'] ? { ...item, claims: withoutNulls(item['claims']) } : item,
  );
}

const isText = (data: PlainData | undefined): boolean =>
  data === undefined || data === null || typeof data === 'string';

/** What servers decode without a fault into entries of texts, each with a map of texts at most, whatever it lacks. */
function decodes(type: SettingType, data: PlainData): boolean {
  if ((type !== 'administrator_list' && type !== 'userinfo_list') || !Array.isArray(data)) return false;
  return (data as readonly PlainData[]).every((item) => {
    if (item === null) return true;
    if (!isMap(item)) return false;
    return Object.entries(item).every(([name, value]) => {
      if (type === 'userinfo_list' && name === 'claims') {
        return value === null || (isMap(value) && Object.values(value).every(isText));
      }
      const known: readonly string[] = type === 'userinfo_list' ? ['url', 'claims'] : administratorFieldNames;
      return !known.includes(name) || isText(value);
    });
  });
}

/**
 * A value of the file as its setting's type, in normal form. Takes what the Go server's YAML reader takes
 * (yaml.v3 decoding into a typed struct) and refuses what it refuses: a quoted number for a number, a text for a list.
 * What it reads in another way than was meant is taken as it reads it, with a doubt: numbers with leading zeros, or with
 * a fraction where a whole number belongs.
 */
export function readTypedValue(type: SettingType, node: YamlNode): TypedValue {
  if (node.kind === 'scalar') return scalarValue(type, node);
  if (!structured.has(type)) return invalid(`a single value, not a ${node.kind === 'map' ? 'map' : 'list'}`);
  const data = plainData(node);
  const value = typed(fromData(type, withServerNulls(type, data)));
  return value.kind === 'invalid' && decodes(type, data)
    ? { kind: 'unfit', expected: value.expected }
    : value;
}
