import { providerSuite } from '../../support/provider-suite.js';
import { startEnv } from '../../support/stand-ins/env.js';

providerSuite('env', startEnv);
