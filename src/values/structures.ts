import { isJsonObject, toGoJson, type JsonValue } from './go-json.js';
import { formatFloat64 } from './scalars.js';
import { accepted, refused, type Normalised } from './normalised.js';

/** Fields of one entry of `administrators`, in the order in which the server writes them. */
export const administratorFieldNames = [
  'provider',
  'provider_id',
  'email',
  'group_name',
  'subject_type',
] as const;

export type AdministratorFieldName = (typeof administratorFieldNames)[number];

const userinfoFieldNames: readonly string[] = ['url', 'claims'];

const expectedList = 'a list of texts, such as ["https://tmi.example.com/*"]';
const expectedMap = 'a map of texts, such as {"prompt":"consent"}';
const expectedUserinfo =
  'a list of endpoints, each with url and optionally claims, such as [{"url":"https://id.example.com/userinfo","claims":{"subject_claim":"sub"}}]';
const expectedAdministrators =
  'a list of administrators, each with provider, subject_type (user or group) and, for a user, provider_id or email, for a group, group_name, such as [{"provider":"google","email":"ann@example.com","subject_type":"user"}]';

/**
 * A scalar as text: numbers and truth values in lists and maps of texts are taken as the text they stand for, as
 * the server's YAML reader does. A lone surrogate has no UTF-8 form and becomes the replacement character.
 */
export function scalarText(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value.replace(/\p{Surrogate}/gu, '\ufffd');
  if (typeof value === 'number') return Number.isFinite(value) ? formatFloat64(value) : undefined;
  return typeof value === 'boolean' ? String(value) : undefined;
}

function textList(data: JsonValue): string[] | undefined {
  if (!Array.isArray(data)) return undefined;
  const texts = data.map((item: JsonValue) => scalarText(item));
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

function textMap(data: JsonValue): Record<string, string> | undefined {
  if (!isJsonObject(data)) return undefined;
  const texts = Object.entries(data).map(([key, value]) => [scalarText(key), scalarText(value)] as const);
  return texts.every(([, text]) => text !== undefined)
    ? (Object.fromEntries(texts) as Record<string, string>)
    : undefined;
}

/** The objects of a list when each of them has known fields only; a dropped field would be a silent loss. */
function entriesOf(
  data: JsonValue,
  fields: readonly string[],
): { readonly [key: string]: JsonValue }[] | undefined {
  if (!Array.isArray(data)) return undefined;
  const entries = data.filter(
    (item: JsonValue): item is { readonly [key: string]: JsonValue } =>
      isJsonObject(item) && Object.keys(item).every((key) => fields.includes(key)),
  );
  return entries.length === data.length ? entries : undefined;
}

function userinfoEndpoint(entry: { readonly [key: string]: JsonValue }): JsonValue | undefined {
  const url = scalarText(entry['url']);
  const claims = textMap(entry['claims'] ?? {});
  if (!url || !claims) return undefined;
  // The server leaves an empty map out.
  return new Map<string, JsonValue>([
    ['url', url],
    ...(Object.keys(claims).length > 0 ? [['claims', claims] as const] : []),
  ]);
}

/** By subject type, the fields of which an administrator needs at least one. */
const identifyingFields: ReadonlyMap<string, readonly AdministratorFieldName[]> = new Map([
  ['user', ['provider_id', 'email']],
  ['group', ['group_name']],
]);

function administrator(entry: { readonly [key: string]: JsonValue }): JsonValue | undefined {
  const fields = new Map<string, string>();
  for (const name of administratorFieldNames) {
    const value = entry[name];
    if (value === undefined || value === null) continue;
    const text = scalarText(value);
    if (text === undefined) return undefined;
    if (text !== '') fields.set(name, text);
  }
  const needed = identifyingFields.get(fields.get('subject_type') ?? '');
  return fields.has('provider') && needed?.some((name) => fields.has(name)) ? fields : undefined;
}

function structs(
  data: JsonValue,
  fields: readonly string[],
  read: (entry: { readonly [key: string]: JsonValue }) => JsonValue | undefined,
): JsonValue[] | undefined {
  const items = entriesOf(data, fields)?.map(read);
  return items?.every((item) => item !== undefined) ? items : undefined;
}

/** The types whose values are lists or maps and are stored as JSON. */
export type StructuredType = 'string_list' | 'string_map' | 'userinfo_list' | 'administrator_list';

const readers: Readonly<
  Record<StructuredType, { read: (data: JsonValue) => JsonValue | undefined; expected: string }>
> = {
  string_list: { read: textList, expected: expectedList },
  string_map: { read: textMap, expected: expectedMap },
  userinfo_list: {
    read: (data) => structs(data, userinfoFieldNames, userinfoEndpoint),
    expected: expectedUserinfo,
  },
  administrator_list: {
    read: (data) => structs(data, administratorFieldNames, administrator),
    expected: expectedAdministrators,
  },
};

/** Normal form of a list or map: compact JSON as the server writes it. */
export function normaliseStructure(type: StructuredType, data: JsonValue): Normalised {
  const { read, expected } = readers[type];
  const value = read(data);
  return value === undefined ? refused(expected) : accepted(toGoJson(value));
}

/** Normal form of a list or map given as JSON text. */
export function normaliseJsonText(type: StructuredType, text: string): Normalised {
  try {
    return normaliseStructure(type, JSON.parse(text) as JsonValue);
  } catch {
    return refused(readers[type].expected);
  }
}
