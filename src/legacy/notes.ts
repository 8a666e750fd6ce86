import { locationOf } from '../errors/index.js';
import { findLegacyVariable, lookupPath, settingByDatabaseKey } from '../registry/index.js';
import { isReference } from '../config/reference.js';
import { keyOfLookup } from '../config/setting-key.js';
import type { PlanInputs } from './plan-inputs.js';
import type { ServerModel } from '../config/precedence.js';
import { compactKeyList } from './key-list.js';
import { incompleteNotes, unmarkedNotes, type Planned } from './notes-afterwards.js';
import type { ImportPlan, PlanEntry } from './plan.js';
import { nameOf, positionOf } from './statement.js';

function readsFromFile(key: string): boolean {
  const found = settingByDatabaseKey(key);
  if (found?.kind === 'provider-field') return found.family.server18Reads === 'file';
  return found?.setting.server18Reads === 'file';
}

/** False for an older name: no server 1.8 finds anything there. */
function isTodaysName(path: string): boolean {
  return keyOfLookup(lookupPath(path.split('.'))) !== undefined;
}

function server18Note(inputs: PlanInputs, entries: readonly PlanEntry[]): string[] {
  if (inputs.options.server !== 'documented') return [];
  const fromFile = inputs.document !== undefined;
  const moved = entries.flatMap(({ file, key, path }) => {
    if (key === undefined || !readsFromFile(key)) return [];
    return !fromFile || (file === 'cut' && isTodaysName(path)) ? [key] : [];
  });
  if (moved.length === 0) return [];
  const keys = compactKeyList(moved);
  return fromFile
    ? [`A Go server 1.8 reads these only from its file: ${keys}. Use --server 1.8 to keep them there.`]
    : [`A Go server 1.8 reads these only from file and environment: ${keys}. Keep their variables for it.`];
}

/** References where no server resolves them: what is stored is the reference's own text. */
function referenceNotes(inputs: PlanInputs): string[] {
  const statements = inputs.statements.filter(({ key, text }) => !key.secret && isReference(text));
  return statements.map((statement) => {
    const position = positionOf(statement);
    const place =
      inputs.document && position ? ` (${inputs.document.file}:${position.line}:${position.column})` : '';
    return `${nameOf(statement)}${place} holds a reference, and no server resolves one in a setting that is no secret: it is stored as the text that it is. Write the value itself if that is meant.`;
  });
}

function doubtNotes({ doubts }: PlanInputs): string[] {
  return doubts.map((doubt) => {
    const place = locationOf(doubt);
    return `${place === '' || doubt.variable !== undefined ? '' : `${place}: `}${doubt.message}.`;
  });
}

/** A password that stood in a variable stands in the file afterwards. */
function passwordNotes({ renames, document }: PlanInputs): string[] {
  if (!document || !renames.some(({ replaced }) => replaced?.has('password'))) return [];
  return [
    `${document.file} will hold the password of the variable in database.url, in plain text. To keep it out, put database.url: env://NAME there afterwards.`,
  ];
}

/** What the operator should know although it stops nothing. */
export function planNotes(inputs: PlanInputs, planned: Planned): string[] {
  const notes = [...server18Note(inputs, planned.entries), ...incompleteNotes(inputs, planned)];
  if (!inputs.table.exists) notes.push('The table system_settings does not exist yet; it is created.');
  else if (!inputs.table.hasOrigin) {
    notes.push(
      'The table has no origin column (a server before 1.8.22): a row that differs from the default counts as set by somebody.',
      ...unmarkedNotes(planned),
    );
  }
  notes.push(...doubtNotes(inputs), ...referenceNotes(inputs), ...passwordNotes(inputs));
  if (inputs.environment.administrator !== undefined) {
    notes.push('TMI_ADMIN_PROVIDER adds its administrator at every start, beside the stored list.');
  }
  return notes;
}

/** Variables that an import of the environment was made from, by what may become of them. */
export interface VariablesAfterwards {
  /** Nothing reads them any more: the stored rows outrank them. */
  readonly removable: readonly string[];
  /** The server takes the value from them although it is stored. */
  readonly needed: readonly string[];
  /** A server as documented needs them no more, a Go server 1.8 reads nothing else: the plan's note says to keep them. */
  readonly server18Only: readonly string[];
}

function fateOf(
  match: NonNullable<ReturnType<typeof settingByDatabaseKey>>,
  server: ServerModel,
): keyof VariablesAfterwards {
  if (match.kind === 'setting' && match.setting.alsoStored) return 'needed';
  const reads = match.kind === 'setting' ? match.setting.server18Reads : match.family.server18Reads;
  if (reads !== 'file') return 'removable';
  return server === '1.8' ? 'needed' : 'server18Only';
}

/**
 * Which variables may go once the plan is carried out. The variables of a provider go together or not at all, so they
 * are named by what they begin with: `OAUTH_PROVIDERS_OKTA_*`.
 */
export function variablesAfterwards(
  plan: Pick<ImportPlan, 'source' | 'entries' | 'options'>,
): VariablesAfterwards {
  const afterwards = { removable: [] as string[], needed: [] as string[], server18Only: [] as string[] };
  for (const { path, key, row } of plan.source === 'environment' ? plan.entries : []) {
    const match = key === undefined ? undefined : settingByDatabaseKey(key);
    // A derived row comes from no variable of its own.
    if (!match || row === undefined || path === key) continue;
    const names = afterwards[fateOf(match, plan.options.server)];
    if (match.kind === 'setting') names.push(path);
    // Each provider that variables define has this one.
    else if (match.field.name === 'enabled') names.push(`${path.slice(0, -'ENABLED'.length)}*`);
  }
  return afterwards;
}

/** Variables of earlier releases that are set, which no server reads any more. */
export function formerVariableNotes(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const former = findLegacyVariable(name);
    if (!former) return [];
    const today =
      former.env === null ? 'its setting has no variable any more' : `today it is called ${former.env}`;
    return [`${name} is set but no server reads it: ${today}.`];
  });
}
