import type { Capabilities } from '../../contract.js';

export const capabilities: Capabilities = {
  transactionalDdl: true,
  emptyStringIsNull: false,
  // 2100 is the limit of a call, and the statement and the list of its parameters are two of them.
  maxBindVariables: 2098,
  caseInsensitiveKeys: true,
};
