import { providerSuite } from '../../support/provider-suite.js';
import { startAws } from '../../support/stand-ins/aws.js';

providerSuite('aws', startAws);
