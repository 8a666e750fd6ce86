import type { Dialect } from '../dialect.js';
import { capabilities } from './capabilities.js';
import { attempts } from './connection.js';
import { classify } from './errors.js';
import { isLocked, takeLock } from './lock.js';
import { missingRights } from './rights.js';
import { schema } from './schema.js';
import { encryption, shownType } from './status.js';
import { transfer } from './transfer.js';

export const sqlite: Dialect = {
  capabilities,
  attempts,
  isMissingTls: () => false,
  // Pragmas are set on the handle, before knex sees it.
  sessionSetup: [],
  schema,
  transfer,
  takeLock,
  isLocked,
  missingRights,
  encryption,
  shownType,
  classify,
};
