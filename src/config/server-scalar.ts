import type { ScalarNode } from './yaml/node.js';

/**
 * What the server's YAML reader (yaml.v3 of Go) takes a scalar for, before it looks at the field that the scalar
 * is meant for. `refused`: an explicit tag that the text does not fit.
 */
export type ServerScalar =
  | { readonly kind: 'null' }
  | { readonly kind: 'text' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'refused' };

const text: ServerScalar = { kind: 'text' };

const words: ReadonlyMap<string, ServerScalar> = new Map<string, ServerScalar>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, { kind: 'null' }] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, { kind: 'bool', value: true }] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, { kind: 'bool', value: false }] as const),
]);

const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

function float(written: string): ServerScalar {
  const value = Number(written);
  return decimal.test(written) && Number.isFinite(value) ? { kind: 'float', value } : text;
}

/** Integers in base 10, in base 16, 8 and 2 with a prefix, and in base 8 with a leading zero. */
function integer(written: string): bigint | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/s.exec(written) ?? [];
  const based = /^0[0-7]+$/.test(digits) ? `0o${digits}` : digits.toLowerCase();
  if (!/^(?:0|[1-9][0-9]*|0x[0-9a-f]+|0o[0-7]+|0b[01]+)$/.test(based)) return undefined;
  return sign === '-' ? -BigInt(based) : BigInt(based);
}

function plain(written: string): ServerScalar {
  const word = words.get(written);
  if (word) return word;
  if (written.startsWith('.')) return float(written);
  if (!/^[-+0-9]/.test(written)) return text;
  const digits = written.replaceAll('_', '');
  const value = integer(digits);
  return value === undefined ? float(digits) : { kind: 'int', value };
}

/** Reads a scalar as the server's reader does: quotes and block styles make text, a tag outranks both. */
export function readServerScalar(node: ScalarNode): ServerScalar {
  if (node.tag === 'str' || node.tag === 'binary' || (node.tag === undefined && node.style !== 'plain'))
    return text;
  const found = plain(node.text);
  if (node.tag === undefined || node.tag === found.kind) return found;
  if (node.tag === 'float' && found.kind === 'int') return { kind: 'float', value: Number(found.value) };
  return { kind: 'refused' };
}
