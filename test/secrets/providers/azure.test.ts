import { providerSuite } from '../../support/provider-suite.js';
import { startAzure } from '../../support/stand-ins/azure.js';

providerSuite('azure', startAzure);
