import type { EngineName } from './engine-name.js';

export interface ColumnDefinition {
  readonly name: string;
  /** The column's type as each engine writes it, without NULL. */
  readonly type: Readonly<Record<EngineName, string>>;
  readonly nullable: boolean;
}

/** A type that every engine writes alike. */
export const everywhere = (type: string): ColumnDefinition['type'] => ({
  postgres: type,
  mysql: type,
  mssql: type,
  oracle: type,
  sqlite: type,
});

export interface CheckDefinition {
  readonly name: string;
  /** The condition in the SQL that all engines share. */
  readonly condition: string;
  /** Whether an engine's table carries it. */
  readonly engines: Readonly<Record<EngineName, boolean>>;
}

/** A table that the tool can create, in terms that every dialect turns into its own DDL. */
export interface TableDefinition {
  readonly name: string;
  readonly columns: readonly ColumnDefinition[];
  /** Name of the column that is the primary key. */
  readonly primaryKey: string;
  readonly checks: readonly CheckDefinition[];
}

/**
 * The column and constraint lines of `CREATE TABLE`, in the definition's order.
 * @param quote puts an identifier into the engine's quotation marks.
 */
export function tableBody(
  definition: TableDefinition,
  engine: EngineName,
  quote: (name: string) => string,
): string {
  const columns = definition.columns.map(
    (column) => `${quote(column.name)} ${column.type[engine]}${column.nullable ? '' : ' NOT NULL'}`,
  );
  const checks = definition.checks
    .filter((check) => check.engines[engine])
    .map((check) => `CONSTRAINT ${quote(check.name)} CHECK (${check.condition})`);
  return [...columns, `PRIMARY KEY (${quote(definition.primaryKey)})`, ...checks].join(', ');
}
