import type { Capabilities } from '../../contract.js';

export const capabilities: Capabilities = {
  transactionalDdl: false,
  emptyStringIsNull: false,
  maxBindVariables: 65_535,
  caseInsensitiveKeys: true,
};
