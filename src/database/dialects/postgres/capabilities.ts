import type { Capabilities } from '../../contract.js';

export const capabilities: Capabilities = {
  transactionalDdl: true,
  emptyStringIsNull: false,
  maxBindVariables: 65_535,
  caseInsensitiveKeys: false,
};
