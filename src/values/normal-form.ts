import { formatDuration, parseDuration } from './duration.js';
import { toGoJson, type JsonValue } from './go-json.js';
import { accepted, acceptedOr, refused, type Normalised } from './normalised.js';
import { formatBool, parseBool, parseFloat64, parseInteger } from './scalars.js';
import { normaliseJsonText, normaliseStructure, scalarText } from './structures.js';
import type { DatabaseType, SettingType } from './types.js';

const expectedInt = 'a whole number, such as 300';
const expectedFloat = 'a decimal number, such as 0.25';
const expectedBool = 'true or false';
const expectedDuration = 'a duration with a unit, such as 30s or 1h30m';
const expectedText = 'a single text';

function duration(text: string): string | undefined {
  const nanoseconds = parseDuration(text);
  return nanoseconds === undefined ? undefined : formatDuration(nanoseconds);
}

function bool(text: string): string | undefined {
  const value = parseBool(text);
  return value === undefined ? undefined : formatBool(value);
}

/** Comma separated, trimmed, empties dropped: how the server reads a list from a variable. */
function commaList(text: string): Normalised {
  const items = text.split(',').map((item) => item.trim());
  return normaliseStructure(
    'string_list',
    items.filter((item) => item !== ''),
  );
}

/**
 * Normal form of a value given as text, by an environment variable or on the command line.
 * A list of texts may be comma separated or a JSON array; what starts with `[` must be JSON, so that a broken
 * array is not taken for a list of odd items. Other lists and maps are JSON.
 */
export function fromText(type: SettingType, text: string): Normalised {
  switch (type) {
    case 'string':
      return acceptedOr(scalarText(text), expectedText);
    case 'int':
      return acceptedOr(parseInteger(text), expectedInt);
    case 'float':
      return acceptedOr(parseFloat64(text), expectedFloat);
    case 'bool':
      return acceptedOr(bool(text), expectedBool);
    case 'duration':
      return acceptedOr(duration(text), expectedDuration);
    case 'string_list':
      return text.trimStart().startsWith('[') ? normaliseJsonText(type, text) : commaList(text);
    case 'string_map':
    case 'userinfo_list':
    case 'administrator_list':
      return normaliseJsonText(type, text);
  }
}

/**
 * Normal form of the text of a row. Unlike a variable's, a list of texts is JSON there: servers do not split rows at
 * commas.
 */
export function fromRow(type: SettingType, text: string): Normalised {
  return type === 'string_list' ? normaliseJsonText(type, text) : fromText(type, text);
}

/** The older words for truth values that the server's YAML reader takes for a bool; variables do not know them. */
const yamlTruthWords: ReadonlyMap<string, boolean> = new Map([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);

/**
 * Normal form of a value from a file, where scalars, lists and maps are already told apart. Scalars may be given
 * as text or as parsed by the file's reader. `null` is no value: leave the setting out instead of asking.
 */
export function fromData(type: SettingType, data: JsonValue): Normalised {
  switch (type) {
    case 'string_list':
    case 'string_map':
    case 'userinfo_list':
    case 'administrator_list':
      return normaliseStructure(type, data);
    case 'duration':
      // A bare number has no unit, and the server refuses it; zero included.
      return typeof data === 'string' ? fromText(type, data) : refused(expectedDuration);
    case 'bool': {
      const word = typeof data === 'string' ? yamlTruthWords.get(data) : data;
      return typeof word === 'boolean' ? accepted(formatBool(word)) : scalar(type, data, expectedBool);
    }
    case 'int':
      return scalar(type, data, expectedInt);
    case 'float':
      return scalar(type, data, expectedFloat);
    case 'string':
      return scalar(type, data, expectedText);
  }
}

function scalar(type: SettingType, data: JsonValue, expected: string): Normalised {
  const text = scalarText(data);
  return text === undefined ? refused(expected) : fromText(type, text);
}

function isCanonicalJson(text: string): boolean {
  try {
    return toGoJson(JSON.parse(text) as JsonValue) === text;
  } catch {
    return false;
  }
}

/**
 * True when `text` is exactly what the server would have written for a row of this type. JSON rows hold maps with
 * sorted keys or the two lists of structs, whose fields have an order of their own.
 */
export function isNormalForm(type: DatabaseType, text: string): boolean {
  switch (type) {
    case 'string':
      return scalarText(text) === text;
    case 'int':
      return parseInteger(text) === text;
    case 'float':
      return parseFloat64(text) === text;
    case 'bool':
      return bool(text) === text;
    case 'json':
      return (
        isCanonicalJson(text) ||
        (['userinfo_list', 'administrator_list'] as const).some((structured) => {
          const normal = normaliseJsonText(structured, text);
          return normal.ok && normal.text === text;
        })
      );
  }
}
