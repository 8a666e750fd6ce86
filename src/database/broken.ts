import type { BrokenConstraint, ForeignKeyFacts } from './schema-facts.js';

/** A foreign key with rows that point nowhere. */
export function brokenKey(table: string, { name, references }: ForeignKeyFacts): BrokenConstraint {
  return { table, name, kind: 'foreign key', ...(references === undefined ? {} : { references }) };
}

/** A constraint for messages: `children -> parents (children_parent_fkey)`, `orders (check positive)`. */
export function constraintText({ table, name, kind, references }: BrokenConstraint): string {
  if (kind === 'check') return name === 'check' ? `${table} (a check)` : `${table} (check ${name})`;
  return `${table} -> ${references ?? 'another schema'} (${name})`;
}
