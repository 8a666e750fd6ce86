import type { PortableValue, ValueKind } from '../database/index.js';
import {
  isMalformedText,
  isTagged,
  portableFloat,
  portableInteger,
  textOf,
  truthOf,
} from '../database/portable.js';
import { isoInstant } from '../database/instant.js';
import { canonicalJson } from './json-text.js';
import { nestsTooDeep } from './nesting.js';

function integer(text: string): PortableValue | undefined {
  return /^[+-]?\d+$/.test(text) ? portableInteger(BigInt(text).toString()) : undefined;
}

function decimal(text: string): string | undefined {
  const [, sign = '', whole, fraction = ''] = /^([+-]?)0*(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === undefined || whole + fraction === '') return /^[+-]?0+$/.test(text) ? '0' : undefined;
  const rest = fraction.replace(/0+$/, '');
  const digits = `${whole === '' ? '0' : whole}${rest === '' ? '' : `.${rest}`}`;
  return digits === '0' ? '0' : `${sign === '-' ? '-' : ''}${digits}`;
}

function float(text: string): number | string | undefined {
  const number = Number(text);
  return text.trim() === '' || (Number.isNaN(number) && text !== 'NaN') ? undefined : portableFloat(number);
}

function arrayItems(value: PortableValue): PortableValue | undefined {
  if (Array.isArray(value))
    return (value as readonly PortableValue[]).map((item) => arrayItems(item) ?? item);
  const text = typeof value === 'string' ? value : undefined;
  if (text?.startsWith('[') !== true || nestsTooDeep(Buffer.from(text))) return undefined;
  try {
    return JSON.parse(text) as PortableValue;
  } catch {
    return undefined;
  }
}

/** A point in time. Where a date has a time of day, one that came from such a column is its midnight elsewhere. */
function instant(value: PortableValue, text: string): PortableValue | undefined {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return isoInstant(`${text}T00:00:00Z`);
  return isoInstant(isTagged(value) && 'integer' in value ? Number(text) : text);
}

function binary(value: PortableValue, text: string): PortableValue | undefined {
  if (typeof value === 'string') return value;
  return isTagged(value) ? undefined : text;
}

/** The normal form by kind; undefined when the value is not of the kind. */
function ofKind(kind: ValueKind, value: PortableValue, text: string): PortableValue | undefined {
  switch (kind) {
    case 'integer':
      return typeof value === 'boolean' ? Number(value) : integer(text);
    case 'decimal':
      return decimal(text);
    case 'float':
      return float(text);
    case 'boolean':
      return truthOf(value) ?? undefined;
    case 'timestamp':
      return instant(value, text);
    case 'date':
      return /^(\d{4,}-\d\d-\d\d)(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?)?$/.exec(text)?.[1];
    case 'time':
      return text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
    case 'uuid':
      return text.toLowerCase();
    case 'json':
      return canonicalJson(text);
    case 'array':
      return arrayItems(value);
    case 'text':
      // What MySQL shows as a text and is none of an enumeration's words is that text elsewhere.
      return isTagged(value) && !('text' in value) ? undefined : text;
    case 'binary':
      return binary(value, text);
  }
}

/**
 * A value in the one form that it has in every engine, for comparing and for digests: `1.50` and `1.5` are one
 * decimal, a point in time is ISO text in UTC, JSON has its members sorted. What is not of the kind stays as it is.
 */
export function normalForm(kind: ValueKind, value: PortableValue): PortableValue {
  if (value === null || isMalformedText(value)) return value;
  return ofKind(kind, value, textOf(value) ?? '') ?? value;
}
