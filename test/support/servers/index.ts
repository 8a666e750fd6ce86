import { request } from 'node:http';
import { createConnection } from 'mysql2/promise';
import { inject, type TestContext } from 'vitest';
import type { ServerAnswer, ServerEngine, TestServer } from './engines.js';

export { serverEngines, type ServerEngine, type TestServer } from './engines.js';

const known = new Map<ServerEngine, Promise<TestServer>>();

async function ask(engine: ServerEngine): Promise<TestServer> {
  const body = await new Promise<string>((resolve, reject) => {
    const call = request({ socketPath: inject('testServers').socket, path: `/${engine}` }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end();
  });
  const answer = JSON.parse(body) as ServerAnswer;
  if ('error' in answer) throw new Error(answer.error);
  return answer.server;
}

/** The run's server of this engine; it starts at the first call of the whole run. */
export function testServer(engine: ServerEngine): Promise<TestServer> {
  const server = known.get(engine) ?? ask(engine);
  known.set(engine, server);
  return server;
}

/** Why tests on this engine cannot run on this machine; undefined when they can. */
export function whyMissing(engine: ServerEngine): string | undefined {
  return inject('testServers').missing[engine];
}

/** Skips a test of who may log in, and with what: the pooler in front of the server decides that by itself. */
export function needsLogins(engine: ServerEngine, context: TestContext): void {
  const missing = whyMissing(engine);
  if (missing !== undefined) context.skip(missing);
  if (engine === 'postgres' && inject('testServers').isPooled) context.skip('a pooler logs in by itself');
}

/** True when the server of engine `mysql` is MariaDB, which has what MySQL has not. */
export async function isMariadb(): Promise<boolean> {
  const connection = await createConnection({ uri: (await testServer('mysql')).url });
  try {
    const [rows] = await connection.query('select version() as version');
    return JSON.stringify(rows).includes('MariaDB');
  } finally {
    await connection.end();
  }
}
