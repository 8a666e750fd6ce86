import type { Dialect } from '../dialect.js';
import { capabilities } from './capabilities.js';
import { attempts } from './connection.js';
import { classify, isMissingTls } from './errors.js';
import { isLocked, takeLock } from './lock.js';
import { missingRights } from './rights.js';
import { schema } from './schema.js';
import { encryption, serverIdentity, shownType } from './status.js';
import { transfer } from './transfer.js';

export const mssql: Dialect = {
  capabilities,
  attempts,
  isMissingTls,
  // The one statement of it answers as well.
  sessionSetup: [],
  schema,
  transfer,
  takeLock,
  isLocked,
  missingRights,
  encryption,
  serverIdentity,
  shownType,
  classify,
};
