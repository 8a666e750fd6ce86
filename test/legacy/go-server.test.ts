import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { describeEngines } from '../support/database.js';
import { markGoServer } from '../support/go-server.js';
import { changedUse } from '../support/observations.js';
import { usedBy, type ServerState } from '../support/reference-server/index.js';
import { Workspace, type Run } from '../support/workspace.js';
import { encrypted, openEnvelope, snapshot } from './sample.js';

const folder = path.join(import.meta.dirname, '../../fixtures/legacy');
/** Files as servers of 2025 and 2026 were shipped with, grown in production. */
const files = ['2025-08-first-release.yml', '2025-11-saml.yml', '1.3-production.yml'];
const env = { ...encrypted, TMI_SECRETS_PROVIDER: 'env', VAULT_TOKEN: 'CANARY-vault-token' };

interface PlanJson {
  readonly server: string;
  readonly serverReason: string;
  readonly entries: readonly { readonly action: string; readonly path: string; readonly key?: string }[];
  readonly proof: {
    readonly differences: readonly unknown[];
    readonly chosen: readonly { readonly key: string }[];
  };
}

const json = <Document>(run: Run): Document => JSON.parse(run.out) as Document;

async function stateOf(w: Workspace, model: ServerState['model']): Promise<ServerState> {
  const rows = [...(await w.rows()).values()].map(({ setting_key, value, origin = null }) => ({
    key: setting_key,
    value: value.startsWith('ENC:') ? openEnvelope(value).text : value,
    origin,
  }));
  return { model, file: w.text(), environment: {}, rows };
}

/** Keys that the validator calls drift when it is strict, as the file has them. */
async function driftIn(w: Workspace, server: string): Promise<string[]> {
  const args = ['validate-config', 'config.yml', '--strict', '--rule', 'drift', '--server', server, '--json'];
  const { findings } = json<{ findings: { key: string }[] }>(await w.run(args, { env }));
  return findings.map(({ key }) => key);
}

describeEngines((engine) => {
  it.each(
    files.flatMap((name) => [
      [name, 'a database of a Go server', '1.8'] as const,
      [name, 'an empty database', 'documented'] as const,
    ]),
  )('imports %s by default into %s, for a server %s', async (name, _, model) => {
    const w = await Workspace.create(engine);
    w.write(readFileSync(path.join(folder, name), 'utf8'));
    if (model === '1.8') await markGoServer(engine, w.url);
    const [before, was] = [await snapshot(w), await stateOf(w, model)];
    // The SAML file has a switch that no server has read: a question that needs its answer.
    const args = ['--database-url', w.url, '--other-database', '--shadowed', 'file'];
    const run = await w.import([...args, '--json'], { env });
    expect({ code: run.code, err: run.err }, run.out).toEqual({ code: 0, err: '' });
    const plan = json<PlanJson>(run);
    expect(plan.server).toBe(model);
    expect(plan.proof.differences).toEqual([]);

    const shown = plan.proof.chosen.map(({ key }) => key);
    for (const key of changedUse(usedBy(was), usedBy(await stateOf(w, model)))) {
      expect(shown, key).toContain(key);
    }

    const stays = plan.entries.filter(({ action }) => action === 'stays').map((entry) => entry.path);
    for (const key of await driftIn(w, model)) expect(stays).toContain(key);

    const undone = await w.run(['import-legacy', '--undo', w.receipt(), '--database-url', w.url], { env });
    expect({ code: undone.code, err: undone.err }).toEqual({ code: 0, err: '' });
    expect(await w.values()).toEqual({});
    expect(w.text()).toBe((before as { files: Record<string, string> }).files['config.yml']);
  });
});
