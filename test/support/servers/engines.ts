/** The engines with a server, and the variable that points the tests at one. */
export const serverVariables = {
  postgres: 'TMI_TEST_POSTGRES_URL',
  mysql: 'TMI_TEST_MYSQL_URL',
  mssql: 'TMI_TEST_MSSQL_URL',
  oracle: 'TMI_TEST_ORACLE_URL',
} as const;

export type ServerEngine = keyof typeof serverVariables;

export const serverEngines = Object.keys(serverVariables) as ServerEngine[];

/** A server to create databases on. Its user may do everything. */
export interface TestServer {
  /** URL of an existing database on the server, with the password. */
  readonly url: string;
  /** Path of its socket or the socket's folder, as the engine's driver names it; absent for servers elsewhere. */
  readonly socket?: string;
  /** True when this run started it, with the certificates of `fixtures/database/tls`. */
  readonly ours: boolean;
}

export type ServerAnswer = { readonly server: TestServer } | { readonly error: string };

/** What the set-up tells every test file. */
export interface ServerDirectory {
  /** Unix socket of the process that starts servers on demand. */
  readonly socket: string;
  /** Why an engine is not there; undefined when it is. */
  readonly missing: Readonly<Record<ServerEngine, string | undefined>>;
  /** True when a pooler by transaction stands in front of PostgreSQL. */
  readonly isPooled: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    testServers: ServerDirectory;
  }
}
