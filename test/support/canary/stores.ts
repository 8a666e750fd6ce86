import { startAws } from '../stand-ins/aws.js';
import { startAzure } from '../stand-ins/azure.js';
import { startGcp } from '../stand-ins/gcp.js';
import { startOci } from '../stand-ins/oci.js';
import type { ProviderStandIn } from '../stand-ins/provider-stand-in.js';
import { startVault } from '../stand-ins/vault.js';

const starters = { aws: startAws, azure: startAzure, gcp: startGcp, oci: startOci, vault: startVault };

export type StoreName = keyof typeof starters;

export const storeNames = Object.keys(starters) as StoreName[];

/** Stores whose clients read the environment of the process: one world of them at a time. */
const readsProcess: ReadonlySet<StoreName> = new Set(['azure', 'gcp']);

/** How many worlds of a store there may be at once. */
export const widthOf = (store: StoreName, width: number): number => (readsProcess.has(store) ? 1 : width);

/** Where only fields are kept, the document that holds them all. */
const DOCUMENT = 'tmi';

/** A store in which `vault://NAME` finds what was put there under that name, whatever its wire looks like. */
export class WorldStore {
  readonly #fields: Record<string, string> = {};

  readonly #outer = new Map<string, string | undefined>();

  constructor(
    readonly standIn: ProviderStandIn,
    name: StoreName,
  ) {
    if (!readsProcess.has(name)) return;
    for (const [variable, value] of Object.entries(standIn.environment())) {
      this.#outer.set(variable, process.env[variable]);
      process.env[variable] = value;
    }
  }

  async close(): Promise<void> {
    for (const [variable, value] of this.#outer) {
      if (value === undefined) delete process.env[variable];
      else process.env[variable] = value;
    }
    await this.standIn.close();
  }

  get #keepsFields(): boolean {
    return this.standIn.name === 'vault';
  }

  put(name: string, value: string): void {
    const { shelf } = this.standIn;
    this.#fields[name] = value;
    if (this.#keepsFields) shelf.putJson(DOCUMENT, this.#fields);
    else shelf.put(this.standIn.nameOf(name), value);
  }

  /**
   * The entries of a `secrets` block, with a token where a file has a place for one.
   * @param token of Vault; what comes from the environment wins
   */
  block(token: string): string {
    const settings = this.standIn.settings(this.#keepsFields ? DOCUMENT : undefined);
    return Object.entries({ ...settings, vault_token: token })
      .filter(([name]) => name !== 'vault_token' || !this.#keepsFields)
      .map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`)
      .join('\n');
  }
}

export const openStore = async (name: StoreName): Promise<WorldStore> =>
  new WorldStore(await starters[name](), name);
