import type { ProviderName } from '../../../src/secrets/index.js';
import type { HttpStandIn, Received, Trouble } from './http-stand-in.js';

/** One secret with its versions, oldest first; the last is current. */
export type Versions = readonly Stored[];
export type Stored = string | Uint8Array;

/** The store that every stand-in keeps, whatever its wire looks like. */
export class Shelf {
  readonly secrets = new Map<string, Versions>();
  readonly #troubles: { trouble: Trouble; times: number }[] = [];

  put(name: string, ...versions: Versions): void {
    this.secrets.set(name, versions);
  }

  putJson(name: string, fields: object): void {
    this.put(name, JSON.stringify(fields));
  }

  /** The next `times` requests for a secret meet this trouble. */
  upset(trouble: Trouble, times = Infinity): void {
    this.#troubles.push({ trouble, times });
  }

  nextTrouble(): Trouble | undefined {
    const [first] = this.#troubles;
    if (!first) return undefined;
    first.times -= 1;
    if (first.times <= 0) this.#troubles.shift();
    return first.trouble;
  }
}

/** A provider's far side: the real client is pointed at it and must speak the vendor's wire. */
export interface ProviderStandIn {
  readonly name: ProviderName;
  readonly shelf: Shelf;
  /** The server itself; undefined where there is none. */
  readonly http: HttpStandIn | undefined;
  /** The `secrets` block that leads here, without and with a shared document. */
  settings(shared?: string): Record<string, string>;
  /** The environment with working credentials. */
  environment(): Record<string, string>;
  /** The environment without credentials. */
  bareEnvironment(): Record<string, string>;
  /** Credentials that the stand-in does not accept; a canary that no error may show. */
  readonly credentials: readonly string[];
  /** Requests for secrets, without those for tokens and mounts. */
  fetches(): readonly Received[];
  /** How a version is written in a reference; `index` counts from 0, oldest first. */
  versionName(index: number): string;
  /** What the stand-in calls a path. */
  nameOf(path: string): string;
  /** The server goes away; files of credentials stay. */
  disconnect(): Promise<void>;
  close(): Promise<void>;
}

/** A text that servers put into every error body, and tests into every secret: it may appear nowhere. */
export const CANARY = 'canary-8f3kQz71-do-not-print';
