import { providerSuite } from '../../support/provider-suite.js';
import { startOci } from '../../support/stand-ins/oci.js';

providerSuite('oci', startOci);
