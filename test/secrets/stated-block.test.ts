import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { statedFor } from '../../src/config/stated.js';
import { parseYaml } from '../../src/config/yaml/parse.js';
import { readConfigured, statedSecretsBlock } from '../../src/secrets/index.js';
import { ToolError } from '../../src/errors/index.js';

/** The block of a file and an environment. */
function blockOf(yaml: string, environment: Record<string, string> = {}) {
  const { leaves, fileLayer } = readConfigured(parseYaml(Buffer.from(yaml), 'tmi.yml'), environment);
  const files = [{ name: 'tmi.yml', leaves, layer: fileLayer }];
  return statedSecretsBlock((path) => statedFor(path, readEnvironment(environment), files));
}

function faultOf(yaml: string, environment?: Record<string, string>): ToolError {
  try {
    blockOf(yaml, environment);
  } catch (error) {
    if (error instanceof ToolError) return error;
  }
  throw new Error('there was no fault');
}

describe('the secrets block of file and environment', () => {
  it('has the settings that are stated, by their last part, and none that is empty', () => {
    const yaml = 'secrets: { provider: vault, vault_address: "https://v:8200", vault_path: "" }';
    const block = blockOf(yaml, { TMI_VAULT_ADDRESS: 'https://other:8200' });
    expect(Object.entries(block).map(([name, { key, text }]) => [name, key, text])).toEqual([
      ['provider', 'secrets.provider', 'vault'],
      ['vault_address', 'secrets.vault_address', 'https://other:8200'],
    ]);
  });

  it('is one fault when it is no block, however many settings it should hold', () => {
    const fault = faultOf('secrets: vault');
    expect([fault.code, fault.message]).toEqual([
      'secrets/provider-not-configured',
      'It is not clear which secrets provider is meant',
    ]);
    expect(fault.diagnostics).toMatchObject([
      { code: 'secrets/provider-not-configured', severity: 'error', file: 'tmi.yml', position: { line: 1 } },
    ]);
  });

  it('has a fault for each setting that holds something else than it takes', () => {
    const fault = faultOf('secrets: { provider: [vault], vault_token: hvs.x, vault_path: { a: 1 } }');
    expect(fault.diagnostics.map(({ code, key }) => [code, key])).toEqual([
      ['secrets/provider-not-configured', 'secrets.provider'],
      ['secrets/provider-not-configured', 'secrets.vault_path'],
    ]);
  });
});
