import type { DatabaseTarget } from '../src/database/index.js';
import type { SettingsFacts } from '../src/settings/inspect.js';

/** Everything that `db status` shows. */
export interface DatabaseStatus {
  /** As in messages: no password. */
  readonly database: string;
  readonly target: DatabaseTarget;
  readonly engineVersion: string;
  /** Name of the schema; null where the database has none beside itself. */
  readonly schema: string | null;
  /** How the connection is encrypted; null when it is not. */
  readonly tls: string | null;
  /** The tool has noted that a production server uses this database. */
  readonly production: boolean;
  /** Another run of the tool is at work. */
  readonly locked: boolean;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly bytes: number | null }[];
  readonly views: readonly string[];
  readonly settings: SettingsFacts & { readonly deviations: readonly string[] };
  /** What needs a person's attention: each line names what, and what to do. */
  readonly attention: readonly string[];
}
