import type { ConfigFile } from '../src/config/files/read.js';
import { RUN_LOCK, type Database } from '../src/database/index.js';
import { ToolError } from '../src/errors/index.js';
import { planSidecars, type RewriteTarget, type Sidecars } from '../src/legacy/target.js';

/** Where the files of a run go, and what would stop it there. */
export interface Places {
  readonly sidecars: Sidecars;
  readonly stops: readonly string[];
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
    const stop = `The import would stop here: ${error.message} (${error.code}). ${error.hint ?? ''}`;
    return { sidecars: none, stops: [stop.trimEnd()] };
  }
}

/** What a dry run says of a run that is at work. */
export async function lockNotes(database: Database): Promise<string[]> {
  if (!(await database.isLocked(RUN_LOCK))) return [];
  return [
    'The import would stop here: another run of the tool is working on this database (database/locked).',
  ];
}
