import { everywhere, type TableDefinition } from '../database/table-definition.js';
import { stampTable } from './stamp.js';

const characters = (count: number) => ({
  ...everywhere(`varchar(${count})`),
  oracle: `varchar2(${count} char)`,
});

/** What imports can be undone from, beside the receipts on disks. Like the stamp it is no part of a backup. */
export const receiptsTable = {
  name: 'tmi_dbtool_receipts',
  primaryKey: 'id',
  columns: [
    { name: 'id', type: characters(64), nullable: false },
    { name: 'created_at', type: characters(32), nullable: false },
    { name: 'status', type: characters(16), nullable: false },
    {
      name: 'receipt',
      type: { ...everywhere('text'), mysql: 'longtext', mssql: 'nvarchar(max)', oracle: 'clob' },
      nullable: false,
    },
  ],
  checks: [],
} as const satisfies TableDefinition;

/** Names of the tables that the tool makes for itself: no server knows them. */
export const ownTables: ReadonlySet<string> = new Set([stampTable.name, receiptsTable.name]);
