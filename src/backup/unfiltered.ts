import type { Transfer } from '../database/index.js';
import { ToolError, type Diagnostic } from '../errors/index.js';

/**
 * What a policy hides would be missing in a backup that verifies, and would stay when tables are emptied.
 * @throws ToolError `database/permission` where the engine shows this user not all of these tables
 */
export async function assertUnfiltered(transfer: Transfer, tables: readonly string[]): Promise<void> {
  const filters = await transfer.filters(tables);
  if (filters.length === 0) return;
  const names = [...new Set(filters.map(({ table }) => table))].join(', ');
  throw new ToolError('database/permission', `The database shows this user not all of what is in ${names}`, {
    hint: `Some of the rows, or other values, would not do. ${[...new Set(filters.map(({ wayOut }) => wayOut))].join(' ')}`,
    diagnostics: filters.map(({ table, by }): Diagnostic => ({
      code: 'database/permission',
      severity: 'error',
      message: `${table}: ${by}`,
    })),
  });
}
