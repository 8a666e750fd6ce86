import type { ConfigFile } from '../src/config/files/read.js';
import type { Database } from '../src/database/index.js';
import { ToolError } from '../src/errors/index.js';
import { allStops, readinessOf, type ReadinessInputs } from '../src/legacy/readiness.js';
import { readSettings } from '../src/settings/store.js';
import type { ImportPlan } from '../src/legacy/plan.js';
import {
  attributesOutlook,
  planSidecars,
  type AttributesOutlook,
  type RewriteTarget,
  type Sidecars,
} from '../src/legacy/target.js';

/** Where the files of a run go, and what would stop it there. */
export interface Places {
  readonly sidecars: Sidecars;
  readonly stops: readonly ToolError[];
}

interface PlacesRequest {
  /** Undefined when the environment is imported. */
  readonly file: ConfigFile | undefined;
  readonly target: RewriteTarget;
  readonly wantsBackup: boolean;
  readonly uid: number | undefined;
  readonly dryRun: boolean;
}

/**
 * Where the files go. A dry run says what would stop the run there, and goes on.
 * @throws ToolError `legacy/cannot-rewrite-here`
 */
export async function planPlaces({ file, target, wantsBackup, uid, dryRun }: PlacesRequest): Promise<Places> {
  const none = { backup: false, base: undefined };
  if (!file) return { sidecars: none, stops: [] };
  try {
    return { sidecars: await planSidecars(file, target, wantsBackup, uid), stops: [] };
  } catch (error) {
    if (!dryRun || !(error instanceof ToolError)) throw error;
    return { sidecars: none, stops: [error] };
  }
}

/**
 * Ends a dry run that a fault stops before there is a plan: what else would stop the run is said with it.
 * @throws ToolError with the code of what the run would meet first
 */
export async function withFurtherStops(
  error: unknown,
  facts: Omit<ReadinessInputs, 'plan'>,
  before: readonly ToolError[],
): Promise<never> {
  if (!(error instanceof ToolError)) throw error;
  const further = await readinessOf({ ...facts, plan: undefined }).catch(() => ({ stops: [] }));
  // The fault as the database told it, and the rights that are missing, are one.
  const isSaid =
    error.code === 'database/permission' && further.stops.some(({ code }) => code === error.code);
  throw allStops([...before, ...(isSaid ? [] : [error]), ...further.stops]) ?? error;
}

/**
 * Goes past a fault of a dry run, to find the others; a run ends with it.
 * @param found takes the fault
 */
export async function orFurther<T>(
  work: () => T | Promise<T>,
  found: ToolError[],
  dryRun: boolean,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!dryRun || !(error instanceof ToolError) || error.code === 'internal/interrupted') throw error;
    found.push(error);
    return undefined;
  }
}

/**
 * Ends a dry run whose source, key or database cannot be had, so that there is no plan, with all else that would stop
 * the run.
 * @param found in the order in which the run meets them
 * @throws ToolError with the code of the first
 */
export async function endWithoutPlan(
  found: readonly ToolError[],
  database: Database | undefined,
  facts: Omit<ReadinessInputs, 'plan' | 'table' | 'database'>,
): Promise<never> {
  if (!database) throw allStops(found) as ToolError;
  const unread: ToolError[] = [];
  const table = await orFurther(() => readSettings(database), unread, true);
  const { stops } = await readinessOf({ ...facts, database, plan: undefined, table }).catch(() => ({
    stops: [],
  }));
  // Rights are named one by one; the fault as the database told it would say the same.
  const told = unread.filter(({ code }) => !stops.some((stop) => stop.code === code));
  throw allStops([...found, ...told, ...stops]) as ToolError;
}

/** What becomes of the file's access lists and attributes, where the plan replaces it. */
export async function attributesFor(
  { rewrite }: ImportPlan,
  { kind }: RewriteTarget,
  file: ConfigFile | undefined,
  mayGo = false,
): Promise<AttributesOutlook> {
  if (!file || !rewrite || kind !== 'in-place' || mayGo) return { stops: [], notes: [] };
  return attributesOutlook(file);
}
