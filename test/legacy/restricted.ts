import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createServerTable, withDatabase } from '../support/rows.js';
import { testServer } from '../support/servers/index.js';
import { Workspace, type Run } from '../support/workspace.js';

/** What no output may show. */
export const PASSWORD = 'Zq8-CANARY-restricted';
/** A file with one setting to import. */
export const text = 'database: {url: "$URL"}\nauth: {build_mode: test}\noperator:\n  name: Ann\n';

export type Engine = 'postgres' | 'mysql';

export interface Right {
  readonly name: string;
  readonly grant: (user: string, database: string) => string;
}

const postgres = (name: string, on: string): Right => ({
  name,
  grant: (user) => `grant ${name} on ${on} to ${user}`,
});
const mysql = (name: string, on: string): Right => ({
  name: `${name} on ${on}`,
  grant: (user, database) => `grant ${name} on ${database}.${on} to ${user}`,
});

/** All that a run needs, where the settings are there and where they are not. */
export const rights: Readonly<Record<Engine, Readonly<Record<'there' | 'missing', readonly Right[]>>>> = {
  postgres: {
    there: [
      postgres('usage', 'schema public'),
      postgres('create', 'schema public'),
      ...['select', 'insert', 'update', 'delete'].map((right) => postgres(right, 'table system_settings')),
    ],
    missing: [postgres('usage', 'schema public'), postgres('create', 'schema public')],
  },
  mysql: {
    there: [
      mysql('create', '*'),
      ...['select', 'insert', 'update', 'delete'].map((right) => mysql(right, 'system_settings')),
      mysql('select', 'tmi_schema_versions'),
      mysql('select', 'tmi_dbtool_stamp'),
      ...['select', 'insert', 'update', 'delete'].map((right) => mysql(right, 'tmi_dbtool_receipts')),
    ],
    missing: ['create', 'select', 'insert', 'update', 'delete'].map((right) => mysql(right, '*')),
  },
};

/** Tables on which rights can only be given once they are there. */
const further = ['tmi_schema_versions', 'tmi_dbtool_stamp', 'tmi_dbtool_receipts'];

/** A workspace whose file names a user with the given rights alone. */
export async function restricted(engine: Engine, isThere: boolean, given: readonly Right[]): Promise<Case> {
  const w = await Workspace.create(engine);
  const url = new URL(w.url);
  const user = `restricted_${randomBytes(4).toString('hex')}`;
  const account = engine === 'postgres' ? user : `${user}@'%'`;
  const admin = (sql: string): Promise<unknown> => withDatabase(engine, w.url, (statement) => statement(sql));
  if (isThere) await createServerTable(engine, w.url, { origin: true });
  if (engine === 'postgres') {
    await admin(`create user ${user} password '${PASSWORD}'`);
    await admin('revoke all on schema public from public');
  } else {
    await admin(`create user ${account} identified by '${PASSWORD}'`);
    if (isThere) await makeOthers(admin);
  }
  onTestFinished(async () => {
    const server = (await testServer(engine)).url;
    if (engine === 'postgres') await admin(`drop owned by ${user}`).catch(() => undefined);
    await withDatabase(engine, server, (statement) => statement(`drop user ${account}`)).catch(
      () => undefined,
    );
  });
  for (const right of given) await admin(right.grant(account, url.pathname.slice(1)));
  const own = new URL(w.url);
  own.username = user;
  own.password = PASSWORD;
  w.write(text.replace('$URL', own.href));
  return { w, admin, user };
}

/** As they look in the database of a server that the tool has worked for. */
async function makeOthers(admin: (sql: string) => Promise<unknown>): Promise<void> {
  const [versions, stamp, receipts] = further;
  await admin(`create table ${versions} (id varchar(32) primary key)`);
  await admin(`create table ${stamp} (name varchar(64) primary key, value varchar(64) not null)`);
  await admin(
    `create table ${receipts} (id varchar(64) primary key, created_at varchar(32) not null, status varchar(16) not null, receipt longtext not null)`,
  );
}

/** The case of one such user. */
export interface Case {
  readonly w: Workspace;
  readonly user: string;
  readonly admin: (sql: string) => Promise<unknown>;
}

export interface Finding {
  readonly code: string;
  readonly hint?: string;
}

/** What would stop the run, by the JSON of its dry run. */
export function stopsOf({ out }: Pick<Run, 'out'>): readonly Finding[] {
  const document = JSON.parse(out.trim() === '' ? '{}' : out) as {
    error?: Finding & { diagnostics?: readonly Finding[] };
  };
  const { error } = document;
  if (!error) return [];
  return error.diagnostics && error.diagnostics.length > 0 ? error.diagnostics : [error];
}

/** The notes of a plan in JSON. */
export const notesOf = ({ out }: Run): readonly string[] => (JSON.parse(out) as { notes: string[] }).notes;
