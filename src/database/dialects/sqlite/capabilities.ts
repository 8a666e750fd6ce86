import type { Capabilities } from '../../contract.js';

export const capabilities: Capabilities = {
  transactionalDdl: true,
  emptyStringIsNull: false,
  maxBindVariables: 32_766,
  caseInsensitiveKeys: false,
};
