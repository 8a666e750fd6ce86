import path from 'node:path';
import { roomFor, roomIn } from '../config/files/room.js';
import type { ConfigFile } from '../config/files/read.js';
import {
  fileOfTarget,
  RUN_LOCK,
  type Database,
  type MissingRight,
  type NeededRights,
} from '../database/index.js';
import { ToolError, type Diagnostic } from '../errors/index.js';
import type { SettingsCipher } from '../settings/cipher.js';
import { goServerTable } from '../settings/go-server.js';
import { receiptsTable } from '../settings/own-tables.js';
import { stampTable } from '../settings/stamp.js';
import type { SettingsTable } from '../settings/store.js';
import { systemSettings } from '../settings/table.js';
import { NO_WAY_BACK } from './begin-receipt.js';
import type { ImportPlan } from './plan.js';
import { receiptChanges } from './receipt-rows.js';
import type { RewriteTarget, Sidecars } from './target.js';

/** What a run will meet: what stops it, in the order in which it would, and what else to know. */
export interface Readiness {
  readonly stops: readonly ToolError[];
  readonly notes: readonly string[];
}

export interface ReadinessInputs {
  readonly database: Database;
  /** Undefined where the settings could not even be read: then nobody knows what the run would do, and all is needed. */
  readonly plan: ImportPlan | undefined;
  readonly table: SettingsTable | undefined;
  /** Asked for where there is a plan. */
  readonly cipher?: SettingsCipher;
  readonly file: ConfigFile | undefined;
  readonly target: RewriteTarget;
  readonly sidecars: Sidecars;
  readonly keepsReceipt: boolean;
  readonly production: boolean;
  /** True when the database is asked which server it belongs to. */
  readonly asksServer: boolean;
  readonly uid: number | undefined;
  readonly now: Date;
}

const inserts = ({ plan, table }: ReadinessInputs): boolean =>
  plan?.writes.some(({ key }) => table?.get(key) === undefined) ?? false;

/** What the run does with tables, by what it is for. */
interface Needs {
  /** Without these it ends. */
  readonly run: readonly NeededRights[];
  readonly receipts: readonly NeededRights[];
  readonly stamp: readonly NeededRights[];
  readonly undo: readonly NeededRights[];
}

const reads = (table: string): NeededRights => ({ table, rows: ['select'], holds: false, makes: false });

const written = (table: string, rows: NeededRights['rows']): NeededRights => ({
  table,
  rows,
  holds: false,
  makes: true,
});

/** What the run does; without a plan nobody knows, and it may write anything but deletes nothing. */
interface Work {
  readonly writes: boolean;
  readonly deletes: boolean;
  readonly changes: boolean;
}

function workOf(plan: ImportPlan | undefined): Work {
  if (plan === undefined) return { writes: true, deletes: false, changes: true };
  const [writes, deletes] = [plan.writes.length > 0, plan.deletes.length > 0];
  return { writes, deletes, changes: writes || deletes || plan.rewrite !== undefined };
}

function settingsNeeds({ writes, deletes, changes }: Work): NeededRights {
  return {
    table: systemSettings.name,
    rows: [
      'select',
      ...(writes ? (['insert', 'update'] as const) : []),
      ...(deletes ? (['delete'] as const) : []),
    ],
    holds: changes,
    makes: writes,
  };
}

function needsOf(inputs: ReadinessInputs): Needs {
  const { plan, keepsReceipt, production, table } = inputs;
  const work = workOf(plan);
  // A Go server's tables end the question.
  const marks =
    plan?.options.serverReason === 'go-server' ? [goServerTable] : [goServerTable, stampTable.name];
  const undoes = keepsReceipt && table?.exists === true && inserts(inputs) && !work.deletes;
  return {
    run: [settingsNeeds(work), ...(inputs.asksServer ? marks.map(reads) : [])],
    receipts:
      keepsReceipt && work.changes ? [written(receiptsTable.name, ['select', 'insert', 'update'])] : [],
    stamp: production && work.writes ? [written(stampTable.name, ['insert'])] : [],
    undo: undoes ? [{ ...reads(systemSettings.name), rows: ['delete'] }] : [],
  };
}

const asError = ({ code, message, fix }: MissingRight): ToolError =>
  new ToolError(code, message, { hint: fix });

const listed = (missing: readonly MissingRight[]): string => missing.map(({ fix }) => fix).join(' ');

async function rights(inputs: ReadinessInputs, onDisk: boolean): Promise<Readiness> {
  const needs = needsOf(inputs);
  const missing = await inputs.database.missingRights(Object.values(needs).flat());
  const of = (which: readonly NeededRights[]): MissingRight[] =>
    missing.filter(({ need }) => need !== undefined && which.includes(need));
  const further = [...needs.receipts, ...needs.stamp, ...needs.undo];
  const fatal = missing.filter(({ need }) => need === undefined || !further.includes(need));
  const notes: string[] = [];
  const [receipts, undo, stamp] = [of(needs.receipts), of(needs.undo), of(needs.stamp)];
  if (receipts.length > 0) {
    const what = onDisk ? 'the receipt will be on the disk alone.' : `in this import ${NO_WAY_BACK}`;
    notes.push(
      `The database user may not write the table ${receiptsTable.name}: ${what} So that it may: ${listed(receipts)}`,
    );
  }
  if (undo.length > 0) {
    notes.push(`An undo of this import could not delete its rows. So that it can: ${listed(undo)}`);
  }
  if (stamp.length > 0) {
    notes.push(`The database cannot be stamped as one of production. So that it can: ${listed(stamp)}`);
  }
  return { stops: fatal.map(asError), notes };
}

async function lock({ database }: ReadinessInputs): Promise<ToolError[]> {
  if (!(await database.isLocked(RUN_LOCK))) return [];
  return [
    new ToolError('database/locked', 'Another run of the tool is working on this database', {
      hint: 'Wait until it has ended. A run that was killed holds no lock any more.',
    }),
  ];
}

/** The rows as a receipt keeps them. @throws ToolError `legacy/secret-not-undoable` */
function receiptSize({ plan, table, cipher, now, keepsReceipt }: ReadinessInputs): number {
  if (!plan || !table || !cipher || !keepsReceipt) return 0;
  return Buffer.byteLength(JSON.stringify(receiptChanges(plan, table, cipher, now), null, 2));
}

function noRoom(folder: string, needed: number, free: number): ToolError {
  return new ToolError(
    'config/cannot-write-file',
    `The files of the import need ${needed} bytes in ${folder}, where ${free} are free`,
    { hint: 'Free some space there, or write elsewhere with --output FILE.' },
  );
}

type Sized = readonly [folder: string, size: number];

/** The new text, the receipt and the backup. */
function filesToWrite({ file, plan, target, sidecars }: ReadinessInputs, receipt: number): Sized[] {
  if (!file) return [];
  const output = target.kind === 'output' ? target.path : undefined;
  const changed = plan?.rewrite?.bytes ?? (output === undefined ? undefined : file.bytes);
  const sizes: Sized[] = changed ? [[path.dirname(output ?? file.realPath), changed.length]] : [];
  if (sidecars.base === undefined || receipt === 0) return sizes;
  const folder = path.dirname(sidecars.base);
  sizes.push([folder, receipt]);
  if (sidecars.backup && changed) sizes.push([folder, file.bytes.length]);
  return sizes;
}

/** What a database that is a file grows by. */
function rowsToWrite({ plan, database }: ReadinessInputs, receipt: number): Sized[] {
  const base = fileOfTarget(database.target);
  const rows = plan?.writes.reduce((sum, { stored }) => sum + stored.length, 0) ?? 0;
  return base === undefined || rows === 0 ? [] : [[path.dirname(path.resolve(base)), rows + receipt]];
}

/** Room for what the run leaves, or holds for a moment, by the folder where it goes. */
async function room(inputs: ReadinessInputs, receipt: number): Promise<ToolError[]> {
  const { uid } = inputs;
  const sizes = new Map<string, number[]>();
  for (const [folder, size] of [...filesToWrite(inputs, receipt), ...rowsToWrite(inputs, receipt)])
    sizes.set(folder, [...(sizes.get(folder) ?? []), size]);
  const stops = await Promise.all(
    [...sizes].map(async ([folder, all]) => {
      const [needed, free] = [roomFor(all), await roomIn(folder, uid)];
      return free !== undefined && free < needed ? [noRoom(folder, needed, free)] : [];
    }),
  );
  return stops.flat();
}

/**
 * What the run would meet, found out all at once and without writing: the lock, room for its files, rights one by one.
 * The number of round trips does not depend on the plan.
 */
export async function readinessOf(inputs: ReadinessInputs): Promise<Readiness> {
  const stops: ToolError[] = [];
  const notes: string[] = [];
  let size = 0;
  const onDisk = inputs.file !== undefined && inputs.sidecars.base !== undefined;
  try {
    size = receiptSize(inputs);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    // Without a disk the import goes on, and keeps none.
    if (onDisk) stops.push(error);
    else notes.push(`In this import ${NO_WAY_BACK} ${error.message}. ${error.hint ?? ''}`.trimEnd());
  }
  const found = await rights(inputs, onDisk);
  return {
    stops: [...(await lock(inputs)), ...stops, ...(await room(inputs, size)), ...found.stops],
    notes: [...notes, ...found.notes],
  };
}

function asDiagnostics({ code, message, hint, diagnostics }: ToolError): readonly Diagnostic[] {
  if (diagnostics.length > 0) return diagnostics;
  return [{ code, severity: 'error', message, ...(hint === undefined ? {} : { hint }) }];
}

/** Without what was met twice: one store that does not answer ends several questions. */
function distinct(found: readonly (ToolError | undefined)[]): ToolError[] {
  const byText = new Map<string, ToolError>();
  for (const error of found) {
    if (!error) continue;
    const text = JSON.stringify(asDiagnostics(error));
    if (!byText.has(text)) byText.set(text, error);
  }
  return [...byText.values()];
}

/**
 * One error for all that would stop a run, with the code, and so the exit code, of what it would meet first.
 * @param found in the order in which the run meets them
 */
export function allStops(found: readonly (ToolError | undefined)[]): ToolError | undefined {
  const errors = distinct(found);
  const [first, ...others] = errors;
  if (!first || others.length === 0) return first;
  return new ToolError(first.code, `${errors.length} things would stop the import; nothing was written`, {
    diagnostics: errors.flatMap(asDiagnostics),
  });
}
