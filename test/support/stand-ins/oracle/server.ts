import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverError } from './error.js';
import type { Table } from './tables.js';

/** Modes of `lock table` with the modes that they do not stand beside. */
const conflicts: Readonly<Record<string, readonly string[]>> = {
  'row share': ['exclusive'],
  'share row exclusive': ['share row exclusive', 'exclusive'],
  exclusive: ['row share', 'share row exclusive', 'exclusive'],
};

interface Lock {
  readonly table: string;
  readonly mode: string;
  readonly holder: object;
}

/** One schema on a server that exists in this process. Its rows are in a file of SQLite. */
export class Schema {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-oracle-'));
  readonly file = join(this.#folder, 'schema.db');
  readonly tables = new Map<string, Table>();
  readonly views = new Set<string>();
  /** Next numbers of sequences, those of identities under `TABLE.COLUMN`. */
  readonly sequences = new Map<string, bigint>();
  /** Keys and views of other schemas that point into this one. */
  readonly outside: string[] = [];
  /** Triggers that are switched on, as the catalogue tells of them. */
  readonly guards: Readonly<Record<string, unknown>>[] = [];
  /** Policies that are switched on: those of DBMS_RLS, and those of DBMS_REDACT with a column. */
  readonly policies: { readonly table: string; readonly name: string; readonly column?: string }[] = [];
  /** Whether the user is shown the catalogue of redaction. */
  seesRedaction = true;
  /** System privileges of the user, and the room that his tablespace gives him. */
  readonly privileges = new Set(['CREATE TABLE']);
  quota = '-1';
  /** Every statement that was sent, in order. */
  readonly statements: string[] = [];
  #locks: Lock[] = [];

  constructor(
    readonly user: string,
    readonly password: string,
  ) {}

  /** @throws ORA-00942, ORA-00054: nobody is waited for here */
  lock(table: string, mode: string, holder: object): void {
    if (!this.tables.has(table)) throw serverError(942, table);
    const rivals = conflicts[mode];
    if (!rivals) throw new Error(`The stand-in for Oracle knows no lock in ${mode} mode`);
    const taken = this.#locks.some(
      (lock) => lock.table === table && lock.holder !== holder && rivals.includes(lock.mode),
    );
    if (taken) throw serverError(54);
    this.#locks.push({ table, mode, holder });
  }

  /** @throws ORA-00054 for a table that another session has locked against writers */
  assertWritable(table: string, writer: object): void {
    if (
      this.#locks.some((lock) => lock.table === table && lock.holder !== writer && lock.mode !== 'row share')
    ) {
      throw serverError(54);
    }
  }

  unlock(holder: object): void {
    this.#locks = this.#locks.filter((lock) => lock.holder !== holder);
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const services = new Map<string, Schema>();
let count = 0;

/** Makes an empty schema and the URL that leads to it. */
export function createSchema(): {
  readonly schema: Schema;
  readonly url: string;
  readonly dispose: () => void;
} {
  count += 1;
  const service = `tmi${count}`;
  const schema = new Schema('APP', 'CANARY-oracle-password');
  services.set(service, schema);
  return {
    schema,
    url: `oracle://app:${schema.password}@oracle.invalid:1521/${service}`,
    dispose: () => {
      services.delete(service);
      schema.dispose();
    },
  };
}

/** The schema that a descriptor leads to. */
export function schemaOf(descriptor: string): Schema | undefined {
  return services.get(/\(SERVICE_NAME=([^)]*)\)/.exec(descriptor)?.[1] ?? '');
}
