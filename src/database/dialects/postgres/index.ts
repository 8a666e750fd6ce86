import type { Dialect } from '../dialect.js';
import { capabilities } from './capabilities.js';
import { attempts } from './connection.js';
import { classify, isMissingTls } from './errors.js';
import { isLocked, takeLock } from './lock.js';
import { openSession } from './own-session.js';
import { missingRights } from './rights.js';
import { schema } from './schema.js';
import { encryption, serverIdentity, shownType } from './status.js';
import { transfer } from './transfer.js';

export const postgres: Dialect = {
  capabilities,
  attempts,
  isMissingTls,
  // Every transaction is set up by itself.
  sessionSetup: [],
  sessionsAreAlike: true,
  schema,
  transfer,
  openForLock: openSession,
  takeLock,
  isLocked,
  missingRights,
  encryption,
  serverIdentity,
  shownType,
  classify,
};
