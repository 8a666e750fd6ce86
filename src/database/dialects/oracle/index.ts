import type { Dialect } from '../dialect.js';
import { capabilities } from './capabilities.js';
import { attempts, sessionSetup } from './connection.js';
import { classify } from './errors.js';
import { isLocked, takeLock } from './lock.js';
import { missingRights } from './rights.js';
import { schema } from './schema.js';
import { encryption, serverIdentity, shownType } from './status.js';
import { transfer } from './transfer.js';

export const oracle: Dialect = {
  capabilities,
  attempts,
  // Whether there is TLS is said by the URL, the alias or the wallet.
  isMissingTls: () => false,
  sessionSetup,
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
