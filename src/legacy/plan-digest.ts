import { createHash } from 'node:crypto';
import { identifyTarget, type DatabaseTarget } from '../database/index.js';
import type { SettingsTable } from '../settings/store.js';
import type { PlanOptions } from './plan.js';
import type { ImportSource } from './read-source.js';

export interface DigestInputs {
  /** With references resolved. */
  readonly source: ImportSource;
  readonly fileBytes: Uint8Array | undefined;
  readonly options: PlanOptions;
  readonly table: SettingsTable;
  readonly target: DatabaseTarget;
  readonly production: boolean;
  /** True when rows would be encrypted. */
  readonly encrypts: boolean;
  /** Where the new text goes. */
  readonly rewrite: string;
}

const byKey = <T extends { readonly key: string }>(a: T, b: T): number => (a.key < b.key ? -1 : 1);

/**
 * Tells one plan from another: it is made of all that a plan is made of, the file's bytes, the rows as they are stored,
 * what variables state, the model and the answers, so that what was reviewed is what is carried out.
 * @returns sixteen hexadecimal digits
 */
export function planDigest(inputs: DigestInputs): string {
  const { source, table, options } = inputs;
  const rows = [...table.rows.values()].sort(byKey);
  const parts = {
    database: identifyTarget(inputs.target),
    file: inputs.fileBytes ? createHash('sha256').update(inputs.fileBytes).digest('hex') : null,
    rows: rows.map((row) => [row.key, row.stored, row.type, row.originText, row.modifiedAtIso]),
    table: [table.exists, table.hasOrigin],
    statements: source.reading.statements.map(({ key, text }) => [key.key, text]),
    variables: [...source.environment.values.values()]
      .map(({ key, text }) => ({ key: key.key, text }))
      .sort(byKey),
    // Under older names, and what they make of the database's address.
    older: [...source.older].sort(([a], [b]) => (a < b ? -1 : 1)),
    options,
    rest: [inputs.production, inputs.encrypts, inputs.rewrite],
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
