import { providerSuite } from '../../support/provider-suite.js';
import { startGcp } from '../../support/stand-ins/gcp.js';

providerSuite('gcp', startGcp);
