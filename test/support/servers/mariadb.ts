import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import mysql from 'mysql2/promise';
import type { TestServer } from './engines.js';
import { findBinary, freePort, tlsFixture, Workspace } from './process.js';

const user = 'tmi';
const password = 'test-p@ss/word';

export function mariadbBinary(): string | undefined {
  return findBinary('mariadbd', 'mysqld');
}

/** The folder that a server's messages and scripts are below. */
const baseOf = (binary: string): string => dirname(dirname(binary));

/** What the two kinds of server need to begin with, and what only one of them takes. */
const kinds = {
  mariadb: {
    initialise: (binary: string, data: string) => {
      const base = baseOf(binary);
      const beside = join(base, 'bin/mariadb-install-db');
      const install = existsSync(beside) ? beside : findBinary('mariadb-install-db', 'mysql_install_db');
      if (!install) throw new Error('No mariadb-install-db.');
      return [
        install,
        '--no-defaults',
        ...(install === beside ? [`--basedir=${base}`] : []),
        `--datadir=${data}`,
        '--skip-test-db',
        '--auth-root-authentication-method=normal',
        '--skip-name-resolve',
      ];
    },
    options: ['--innodb-log-file-size=64M'],
  },
  mysql: {
    initialise: (binary: string, data: string) => [
      binary,
      '--no-defaults',
      `--basedir=${baseOf(binary)}`,
      `--datadir=${data}`,
      '--initialize-insecure',
    ],
    options: ['--innodb-redo-log-capacity=64M', '--mysqlx=OFF', '--disable-log-bin', '--secure-file-priv='],
  },
};

/** A private MariaDB or MySQL, with the same properties as the private PostgreSQL beside it. */
export async function startMariadb(): Promise<{ server: TestServer; stop: () => Promise<void> }> {
  const binary = mariadbBinary();
  if (!binary) throw new Error('No MariaDB binary.');
  const isMariadb = execFileSync(binary, ['--no-defaults', '--version'], { encoding: 'utf8' }).includes(
    'MariaDB',
  );
  const kind = isMariadb ? kinds.mariadb : kinds.mysql;
  const workspace = new Workspace('mysql');
  const data = join(workspace.folder, 'data');
  const socket = join(workspace.folder, 'mysqld.sock');
  for (const name of ['server.crt', 'server.key'] as const) {
    const target = join(workspace.folder, name);
    copyFileSync(tlsFixture(name), target);
    chmodSync(target, 0o600);
    workspace.own(target);
  }
  const init = join(workspace.folder, 'init.sql');
  const grants = ['%', 'localhost'].flatMap((host) => [
    `CREATE USER '${user}'@'${host}' IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO '${user}'@'${host}' WITH GRANT OPTION;`,
  ]);
  writeFileSync(init, `${grants.join('\n')}\n`);
  workspace.own(init);
  await workspace.run(...kind.initialise(binary, data));
  const port = await freePort();
  const running = workspace.start(
    'KILL',
    binary,
    '--no-defaults',
    `--basedir=${baseOf(binary)}`,
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--init-file=${init}`,
    '--skip-name-resolve',
    '--default-time-zone=+05:45',
    '--character-set-server=utf8mb4',
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-doublewrite=0',
    '--max-connections=200',
    ...kind.options,
    `--ssl-cert=${join(workspace.folder, 'server.crt')}`,
    `--ssl-key=${join(workspace.folder, 'server.key')}`,
  );
  const url = `mysql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/mysql`;
  await running.ready(async () => {
    const connection = await mysql.createConnection({ host: '127.0.0.1', port, user, password });
    await connection.end();
  });
  return { server: { url, socket, ours: true }, stop: () => running.stop() };
}
