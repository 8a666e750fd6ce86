import { valueKinds } from '../database/index.js';
import { isRecord } from '../values/record.js';

type Members = Readonly<Record<string, unknown>>;

export const isText = (value: unknown): value is string => typeof value === 'string';

/** True for what an engine may call something, which SQLite allows to be empty. */
const isName = (value: unknown): boolean => isText(value) && /^[^\0\p{Surrogate}]*$/u.test(value);

const isListOf = (value: unknown, isOne: (item: unknown) => boolean): value is readonly unknown[] =>
  Array.isArray(value) && value.every(isOne);

const isSet = (items: readonly unknown[]): boolean => new Set(items).size === items.length;

const isNames = (value: unknown): boolean => isListOf(value, isName) && isSet(value);

/** A counter's next number. */
const isNumeral = (value: unknown): boolean => isText(value) && /^-?\d+$/.test(value);

const isColumn = (value: unknown): boolean =>
  isRecord(value) &&
  isName(value['name']) &&
  (valueKinds as readonly unknown[]).includes(value['kind']) &&
  isText(value['type']) &&
  typeof value['nullable'] === 'boolean';

const areColumns = (value: unknown): boolean =>
  isListOf(value, isColumn) && isSet(value.map((column) => (column as Members)['name']));

const isForeignKey = (value: unknown): boolean =>
  isRecord(value) &&
  isText(value['name']) &&
  isListOf(value['columns'], isText) &&
  (value['references'] === undefined || isText(value['references'])) &&
  isListOf(value['referencedColumns'], isText);

const isCounter = (value: unknown): boolean =>
  isRecord(value) && isName(value['column']) && isNumeral(value['next']);

const isSequence = (value: unknown): boolean =>
  isRecord(value) && isName(value['name']) && isNumeral(value['next']);

const isSource = (value: unknown): boolean =>
  isRecord(value) &&
  isText(value['engine']) &&
  isText(value['engineVersion']) &&
  isText(value['database']) &&
  (value['schema'] === null || isText(value['schema']));

const isBroken = (value: unknown): boolean =>
  isRecord(value) && isText(value['name']) && ['foreign key', 'check'].includes(String(value['kind']));

const scopes: readonly unknown[] = ['all', 'tables', 'settings'];

/** What each kind of line must have, as far as a reader relies on it: all the way down, since anybody may have made it. */
export const shapes: Readonly<Record<'header' | 'table' | 'end' | 'trailer', (line: Members) => boolean>> = {
  header: (line) =>
    isText(line['tool']) &&
    isText(line['createdAt']) &&
    !Number.isNaN(Date.parse(line['createdAt'])) &&
    isSource(line['source']) &&
    scopes.includes(line['scope']) &&
    isNames(line['tables']) &&
    isListOf(line['sequences'], isSequence) &&
    isListOf(line['left'], isText),
  table: (line) =>
    isName(line['name']) &&
    areColumns(line['columns']) &&
    isListOf(line['primaryKey'], isText) &&
    isListOf(line['foreignKeys'], isForeignKey) &&
    isListOf(line['counters'], isCounter) &&
    (line['broken'] === undefined || isListOf(line['broken'], isBroken)),
  end: (line) =>
    isText(line['name']) &&
    Number.isInteger(line['rows']) &&
    (isText(line['digest']) || isText(line['sum'])) &&
    [line['digest'], line['sum']].every((value) => value === undefined || isText(value)),
  trailer: (line) =>
    Number.isInteger(line['tables']) && Number.isInteger(line['rows']) && isText(line['sha256']),
};
