import type { Database } from '../src/database/index.js';
import { stampProduction } from '../src/settings/stamp.js';
import type { GlobalOptions } from './command.js';
import type { Io } from './io.js';

/** Leaves the stamp of a production database after work that is done. Where that cannot be, it is said and no more. */
export async function leaveStamp(
  database: Database,
  io: Io,
  options: Pick<GlobalOptions, 'quiet'>,
): Promise<void> {
  if ((await stampProduction(database)) || options.quiet) return;
  io.stderr.write(
    'warning: the database could not be stamped as one of production; db reset knows it by auth.build_mode alone\n',
  );
}
