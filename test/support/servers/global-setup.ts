import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import {
  serverEngines,
  serverVariables,
  type ServerAnswer,
  type ServerDirectory,
  type ServerEngine,
  type TestServer,
} from './engines.js';
import { mariadbBinary, startMariadb } from './mariadb.js';
import { startPgbouncer } from './pgbouncer.js';
import { postgresBinary, startPostgres } from './postgres.js';

/** How a run starts a server of its own. */
interface Source {
  readonly binary: () => string | undefined;
  readonly start: () => Promise<{ server: TestServer; stop: () => Promise<void> }>;
}

/** A PostgreSQL that tests reach by way of a pooler by transaction alone; it is not `ours`, having neither TLS nor socket. */
async function startPooledPostgres(): ReturnType<Source['start']> {
  const { server, stop } = await startPostgres();
  const pooler = await startPgbouncer(server.url);
  return {
    server: { url: pooler.url, ours: false },
    stop: async () => {
      await pooler.stop();
      await stop();
    },
  };
}

/** Set, it puts a pooler between the tests and PostgreSQL. */
const isPooled = process.env.TMI_TEST_POOLER === '1';

/** The engines that no source is here for run only on a server that a variable names. */
const sources: Partial<Record<ServerEngine, Source>> = {
  postgres: { binary: postgresBinary, start: isPooled ? startPooledPostgres : startPostgres },
  mysql: { binary: mariadbBinary, start: startMariadb },
};

const isServerEngine = (name: string): name is ServerEngine => Object.hasOwn(serverVariables, name);

/** What needs no server, and what its own tests look after. */
const otherNames: readonly string[] = ['', 'sqlite', 'redis', 'age', 'pgbouncer'];

/** Engines that must not be skipped, from `TMI_TEST_REQUIRE=postgres,mysql,redis`. */
function required(): ServerEngine[] {
  const names = (process.env.TMI_TEST_REQUIRE ?? '').split(',').map((name) => name.trim());
  return names
    .filter((name) => !otherNames.includes(name))
    .map((name) => {
      if (!isServerEngine(name)) throw new Error(`TMI_TEST_REQUIRE names an unknown engine: ${name}`);
      return name;
    });
}

function whyMissing(engine: ServerEngine): string | undefined {
  const variable = serverVariables[engine];
  const source = sources[engine];
  if (process.env[variable] || source?.binary()) return undefined;
  return source ? `no ${engine} server is installed and ${variable} is not set` : `${variable} is not set`;
}

/**
 * Answers test files that ask for a database server, and starts the server at the first question: a run
 * that needs none starts none. At the end of the run they stop.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const missing = Object.fromEntries(
    serverEngines.map((engine) => [engine, whyMissing(engine)]),
  ) as ServerDirectory['missing'];
  for (const engine of required()) {
    if (missing[engine] !== undefined) throw new Error(`TMI_TEST_REQUIRE: ${missing[engine]}.`);
  }

  const running = new Map<ServerEngine, ReturnType<Source['start']>>();
  const serverFor = async (engine: ServerEngine): Promise<TestServer> => {
    const url = process.env[serverVariables[engine]];
    if (url) return { url, ours: false };
    const started = running.get(engine) ?? sources[engine]?.start();
    if (!started) throw new Error(`${serverVariables[engine]} is not set.`);
    running.set(engine, started);
    return (await started).server;
  };

  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-tests-'));
  const socket = join(folder, 'servers.sock');
  const desk = createServer((request, response) => {
    const engine = (request.url ?? '').slice(1);
    const answer = isServerEngine(engine) ? serverFor(engine) : Promise.reject(new Error('unknown engine'));
    answer
      .then((server): ServerAnswer => ({ server }))
      .catch((error: unknown): ServerAnswer => ({ error: String(error) }))
      .then((body) => response.end(JSON.stringify(body)))
      .catch(() => response.destroy());
  }).listen(socket);
  await once(desk, 'listening');
  project.provide('testServers', { socket, missing, isPooled });

  return async () => {
    desk.close();
    desk.closeAllConnections();
    await Promise.allSettled([...running.values()].map(async (started) => (await started).stop()));
    rmSync(folder, { recursive: true, force: true });
  };
}
