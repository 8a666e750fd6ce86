import { describe, it } from 'vitest';
import { providerSuite } from '../../support/provider-suite.js';
import { startVaultRelay } from '../../support/stand-ins/vault-relay.js';
import { startVault } from '../../support/stand-ins/vault.js';

providerSuite('vault', startVault);

// A server of your own, with KV version 2 at `secret/`: bao server -dev -dev-root-token-id=root, then
// TMI_TEST_VAULT_ADDR=http://127.0.0.1:8200 TMI_TEST_VAULT_TOKEN=root npx vitest run test/secrets/providers/vault.test.ts
const { TMI_TEST_VAULT_ADDR: address, TMI_TEST_VAULT_TOKEN: token } = process.env;
describe('a real server', () => {
  if (address && token) providerSuite('vault', () => startVaultRelay(address, token));
  else it.skip('is named by TMI_TEST_VAULT_ADDR and TMI_TEST_VAULT_TOKEN', () => undefined);
});
