import { everywhere, type TableDefinition } from '../database/table-definition.js';

/** Short text, counted in characters on every engine. */
const characters = (count: number) => ({
  ...everywhere(`varchar(${count})`),
  mssql: `nvarchar(${count})`,
  oracle: `varchar2(${count} char)`,
});

/** Text without a limit. */
const text = { ...everywhere('text'), mysql: 'longtext', mssql: 'nvarchar(max)', oracle: 'clob' };

const instant = {
  postgres: 'timestamptz',
  mysql: 'datetime(3)',
  mssql: 'datetimeoffset',
  oracle: 'timestamp with time zone',
  sqlite: 'datetime',
};

/**
 * The table that a server reads its operational settings from, with the types that the server gives it. There
 * are no defaults, no foreign key and no index but the key, so that either may create it.
 */
export const systemSettings = {
  name: 'system_settings',
  primaryKey: 'setting_key',
  columns: [
    { name: 'setting_key', type: characters(256), nullable: false },
    { name: 'value', type: text, nullable: false },
    { name: 'setting_type', type: characters(50), nullable: false },
    { name: 'description', type: text, nullable: true },
    { name: 'modified_at', type: instant, nullable: false },
    { name: 'modified_by', type: characters(36), nullable: true },
    { name: 'origin', type: characters(16), nullable: true },
  ],
  checks: [
    {
      name: 'chk_system_settings_origin',
      condition: "origin IS NULL OR origin IN ('seeded','explicit')",
      engines: { postgres: true, mysql: true, mssql: true, oracle: true, sqlite: false },
    },
  ],
} as const satisfies TableDefinition;

export type SettingsColumn = (typeof systemSettings.columns)[number]['name'];
