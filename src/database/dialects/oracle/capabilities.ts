import type { Capabilities } from '../../contract.js';

export const capabilities: Capabilities = {
  transactionalDdl: false,
  emptyStringIsNull: true,
  maxBindVariables: 65_535,
  maxListItems: 1000,
  caseInsensitiveKeys: false,
};
