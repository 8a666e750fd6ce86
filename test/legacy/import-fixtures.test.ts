import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Workspace } from '../support/workspace.js';
import { encrypted, snapshot } from './sample.js';

const folder = path.join(import.meta.dirname, '../../fixtures/legacy');
const files = readdirSync(folder).filter(
  (name) => name.endsWith('.yml') && name !== 'unknown-and-invalid.yml',
);

/** What the references of `references.yml` lead to. */
const references = [
  'REFERENCES_GOOGLE_SECRET',
  'REFERENCES_SAML_CERTIFICATE',
  'REFERENCES_CONFLUENCE_SECRET',
  'REFERENCES_LLM_API_KEY',
  'REFERENCES_RERANK_KEY',
];
const mounted = ['tmi_github_client_secret', 'tmi_saml_metadata_b64', 'tmi_saml_sp_key', 'tmi_embedding_key'];
const env = {
  ...encrypted,
  // The files name providers that are not here.
  TMI_SECRETS_PROVIDER: 'env',
  VAULT_TOKEN: 'CANARY-vault-token',
  ...Object.fromEntries(references.map((name) => [name, `CANARY-${name}`])),
};
const later = { env, now: new Date('2027-01-01T00:00:00Z') };

async function workspace(name: string): Promise<Workspace> {
  const w = await Workspace.create('sqlite');
  const secrets = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-secrets-'));
  onTestFinished(() => rmSync(secrets, { recursive: true }));
  for (const file of mounted) writeFileSync(path.join(secrets, file), `CANARY-${file}\n`);
  w.write(readFileSync(path.join(folder, name), 'utf8').replaceAll('/run/secrets', secrets));
  return w;
}

describe.each(files)('%s', (name) => {
  it.each(['documented', '1.8'])('moves, proves and comes back for a server %s', async (server) => {
    const w = await workspace(name);
    const before = await snapshot(w);
    const args = ['--database-url', w.url, '--other-database', '--server', server, '--shadowed', 'file'];
    const first = await w.import([...args, '--json'], { env });
    expect({ code: first.code, err: first.err }, first.out).toEqual({ code: 0, err: '' });
    expect(first.out).not.toContain('CANARY');
    expect(JSON.parse(first.out)).toMatchObject({ proof: { differences: [] }, error: null });

    const after = await snapshot(w);
    const second = await w.import([...args], later);
    expect({ code: second.code, err: second.err }).toEqual({ code: 0, err: '' });
    expect(second.out).toContain('Nothing to do');
    expect(await snapshot(w)).toEqual(after);

    if (w.files().length === 1) return;
    const undone = await w.run(['import-legacy', '--undo', w.receipt(), '--database-url', w.url], { env });
    expect({ code: undone.code, err: undone.err }).toEqual({ code: 0, err: '' });
    expect(await w.values()).toEqual({});
    expect(w.text()).toBe((before as { files: Record<string, string> }).files['config.yml']);
  });
});
