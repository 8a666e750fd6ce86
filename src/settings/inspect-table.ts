import type { Database, SchemaFacts } from '../database/index.js';
import { systemSettings } from './table.js';

/**
 * How the settings table differs from the one that a server creates, in words. Empty for a table as it should be, and
 * for one that does not exist. A missing column for the origin is not among them: older servers have none.
 */
export function tableDeviations(database: Database, schema: SchemaFacts): string[] {
  const table = schema.tables.find(({ name }) => name.toLowerCase() === systemSettings.name);
  if (!table) return [];
  const { engine } = database.target;
  const columns = new Map(table.columns.map((column) => [column.name.toLowerCase(), column]));
  const deviations = systemSettings.columns.flatMap(({ name, type, nullable }) => {
    const column = columns.get(name);
    if (!column) return name === 'origin' ? [] : [`the column ${name} is missing`];
    const expected = database.shownType(type[engine]);
    return [
      ...(column.type === expected
        ? []
        : [`the column ${name} is ${column.type}, and servers make it ${expected}`]),
      ...(column.nullable === nullable
        ? []
        : [`the column ${name} ${column.nullable ? 'takes' : 'refuses'} NULL, and servers decide otherwise`]),
    ];
  });
  const present = new Set(table.checks.map((name) => name.toLowerCase()));
  const checks = systemSettings.checks.filter(
    (check) => check.engines[engine] && columns.has('origin') && !present.has(check.name),
  );
  return [...deviations, ...checks.map(({ name }) => `the constraint ${name} is missing`)];
}
