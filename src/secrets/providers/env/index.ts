import { SecretDocument } from '../../document.js';
import { SecretFault } from '../../fault.js';
import { readVariable } from '../../local.js';
import { secretVariable } from '../../key-home.js';
import type { CreateProvider } from '../contract.js';

/** Variables `TMI_SECRET_*`: `vault://a/b-c` is `TMI_SECRET_A_B_C`. */
export const create: CreateProvider = ({ environment }) =>
  Promise.resolve({
    name: 'env',
    describe: () => 'environment variables TMI_SECRET_*',
    locate: (path) => [{ document: secretVariable(path) }],
    fetch({ document, version }) {
      if (version !== undefined) {
        throw new SecretFault('secrets/no-such-version', 'environment variables have no versions');
      }
      const value = readVariable({ kind: 'env', name: document }, environment);
      return Promise.resolve(SecretDocument.fromText(`the variable ${document}`, value.reveal()));
    },
  });
