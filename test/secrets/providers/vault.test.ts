import { providerSuite } from '../../support/provider-suite.js';
import { startVault } from '../../support/stand-ins/vault.js';

providerSuite('vault', startVault);
