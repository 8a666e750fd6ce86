import type { Capabilities } from '../database/contract.js';
import { errorCodes, ToolError, type ErrorCode } from '../errors/index.js';
import type { SettingsCipher } from '../settings/cipher.js';
import { decodeRows, type DecodedRows } from '../settings/decode.js';
import { assertKeyFits, assertKeyOpensSome } from '../settings/foreign-rows.js';
import type { SettingsTable } from '../settings/store.js';
import { buildPlan, type BuiltPlan } from './build-plan.js';
import { settleFaults } from './faults.js';
import { withNormalTexts } from './normal-rows.js';
import type { ImportPlan, PlanOptions } from './plan.js';
import type { ImportSource } from './read-source.js';

export interface PlanImportInputs {
  /** With references resolved. */
  readonly source: ImportSource;
  readonly options: PlanOptions;
  readonly table: SettingsTable;
  readonly cipher: SettingsCipher;
  readonly capabilities: Pick<Capabilities, 'caseInsensitiveKeys'>;
  readonly production: boolean;
  readonly now: Date;
}

/**
 * A row that cannot be read may be replaced when the operator says that the file wins; else nobody can compare. Without
 * any key there is no choice to offer: see `refuseForeignKey`.
 */
function refuseUnreadable({ source, options, cipher }: PlanImportInputs, decoded: DecodedRows): void {
  if (options.onConflict === 'overwrite' || !cipher.canEncrypt) return;
  const needed = source.reading.statements.flatMap(({ key }) => decoded.unreadable.get(key.key) ?? []);
  if (needed.length === 0) return;
  throw new ToolError('settings/cannot-decrypt', 'Rows that the file speaks of cannot be decrypted', {
    diagnostics: needed,
    hint: "Or let the file's values replace them with --on-conflict overwrite.",
  });
}

/** Values are not stored beside rows of a key that is not at hand, unless the file is to replace all of them. */
function refuseForeignKey(
  { writes, deletes }: ImportPlan,
  { table, cipher, options }: PlanImportInputs,
  decoded: DecodedRows,
): void {
  const stores = writes.some(({ key, stored }) => table.get(key)?.stored !== stored);
  if (!stores) {
    // A run that finds everything in place says nothing of what it cannot read: its key is not the server's.
    assertKeyOpensSome(table, decoded, cipher, 'nothing was written');
    return;
  }
  const replaced = options.onConflict === 'overwrite' ? writes.map(({ key }) => key) : [];
  assertKeyFits(table, decoded, cipher, { deleted: new Set(deletes), replaced: new Set(replaced) });
}

/** A plan, with the rows it was made from as values. */
export type PlannedImport = BuiltPlan & { readonly rows: DecodedRows['rows'] };

function* planInSteps(inputs: PlanImportInputs): Generator<void, PlannedImport, void> {
  const { source, table, cipher } = inputs;
  const reading = settleFaults(source.reading, inputs.options.server);
  const decoded = decodeRows(table, cipher, inputs.capabilities);
  refuseUnreadable(inputs, decoded);
  yield;
  const built = yield* buildPlan({
    ...reading,
    options: inputs.options,
    document: source.document,
    environment: source.environment,
    older: source.older,
    addressShadows: source.addressShadows,
    table,
    rows: withNormalTexts(decoded.rows),
    unreadable: new Set(decoded.unreadable.keys()),
    cipher,
    production: inputs.production,
    now: inputs.now,
  });
  refuseForeignKey(built.plan, inputs, decoded);
  return { ...built, rows: decoded.rows };
}

/**
 * Decides what an import will do, from the source and the table as they are now.
 * @throws ToolError `legacy/invalid-values` when keys would move whose values no server takes; `settings/cannot-decrypt`
 * when a row that matters cannot be read, or when values would be stored beside rows of another key
 */
export function planImport(inputs: PlanImportInputs): PlannedImport {
  const steps = planInSteps(inputs);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/**
 * The same a part at a time: between two of them a session that is being opened gets on with its login, which takes
 * several answers of ours.
 */
export async function planImportInTurns(inputs: PlanImportInputs): Promise<PlannedImport> {
  const steps = planInSteps(inputs);
  let step = steps.next();
  while (!step.done) {
    await new Promise((resolve) => setImmediate(resolve));
    step = steps.next();
  }
  return step.value;
}

/** The codes of blockers, gravest first: it names the run's error when there are several. */
const gravity: readonly ErrorCode[] = [
  'config/cannot-cut',
  'legacy/provider-not-whole',
  'settings/value-too-long',
  'legacy/plaintext-secret',
  'legacy/conflict',
  'legacy/shadowed',
  'legacy/never-read',
  'legacy/proof-failed',
];

const summaries: Partial<Record<ErrorCode, string>> = {
  'config/cannot-cut': 'Keys cannot be cut out of the file safely',
  'legacy/provider-not-whole': 'Providers cannot leave the file whole',
  'settings/value-too-long': 'Values are too long for the server',
  'legacy/plaintext-secret': 'Secrets would be stored in plain text',
  'legacy/conflict': 'The database holds other values that somebody set',
  'legacy/never-read': 'Switches that no server has read need a choice',
  'legacy/shadowed': "Variables override the file's values",
  'legacy/proof-failed': 'The server would behave differently afterwards',
};

/** The error that a plan with blockers ends with, or undefined when nothing stops it. */
export function blockerError(plan: Pick<ImportPlan, 'blockers'>): ToolError | undefined {
  const codes = new Set(plan.blockers.map(({ code }) => code));
  const code = gravity.find((candidate) => codes.has(candidate)) ?? plan.blockers[0]?.code;
  if (code === undefined) return undefined;
  const summary = summaries[code] ?? errorCodes[code].summary;
  return new ToolError(code, `${summary}; nothing was written`, {
    diagnostics: plan.blockers,
  });
}
