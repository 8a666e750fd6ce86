import { TdsFault } from './tds-faults.js';

/** A parameter as the list of `sp_executesql` declares it. */
export interface Declared {
  readonly type: string;
  /** Characters or bytes; without end for `max` and for types of one length. */
  readonly longest: number;
}

/** The most that stands in brackets behind a type. */
const most: Readonly<Record<string, number>> = { nvarchar: 4000, varbinary: 8000 };
const plain = new Set(['tinyint', 'smallint', 'int', 'bigint', 'bit', 'float', 'real']);

function declared(type: string, size: string | undefined): Declared {
  const limit = most[type];
  if (limit === undefined) {
    if (!plain.has(type) || size !== undefined)
      throw new TdsFault(2715, `Cannot find the data type ${type}.`);
    return { type, longest: Infinity };
  }
  if (size === 'max') return { type, longest: Infinity };
  const longest = Number(size);
  if (size === undefined || longest === 0) throw new TdsFault(1001, `Length ${String(size)} is invalid.`);
  if (longest > limit) throw new TdsFault(2717, `The size ${longest} exceeds the maximum of ${type}.`);
  return { type, longest };
}

/**
 * Reads `@p0 nvarchar(5), @p1 int`.
 * @throws TdsFault for lengths that no type has, and for a name that comes twice
 */
export function declarationsOf(list: string): Map<string, Declared> {
  const declarations = new Map<string, Declared>();
  for (const part of list === '' ? [] : list.split(/,\s*/)) {
    const [, name, type = '', size] = /^@(\w+) (\w+)(?:\((\w+)\))?$/.exec(part.trim()) ?? [];
    if (name === undefined) throw new TdsFault(102, `Incorrect syntax near ${part}.`);
    if (declarations.has(name)) throw new TdsFault(134, `@${name} has already been declared.`);
    declarations.set(name, declared(type, size));
  }
  return declarations;
}
