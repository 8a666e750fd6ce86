import { execFile, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startRedis, whyNoRedis } from './support/servers/redis.js';
import { freshUrl } from './support/connection.js';
import { whyMissing } from './support/servers/index.js';

// The package as strangers get it: built, packed, installed into an empty folder, and used from there.
// TMI_TEST_NODE=/path/to/bin/node uses it with another Node.js; better-sqlite3 is compiled for that one first.
const otherNode = process.env['TMI_TEST_NODE'];
const nodeProgram = otherNode ?? process.execPath;
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-package-'));
const packageFolder = path.join(folder, 'package');
const consumer = path.join(folder, 'consumer');

/** `npx` and the programs that it runs ask for `node`. */
const searchPath = [path.dirname(nodeProgram), process.env['PATH'] ?? ''].join(path.delimiter);

interface Manifest {
  readonly version: string;
  readonly files: readonly string[];
  readonly exports: Readonly<Record<string, unknown>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const options = {
    cwd,
    env: { PATH: searchPath, HOME: process.env['HOME'], ...env },
    maxBuffer: 1e8,
  };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, out, err) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, out, err });
    });
  });
}

async function mustRun(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, out, err } = await run(program, args, cwd, env);
  expect(code, out + err).toBe(0);
  return out;
}

const node = (code: string): Promise<Run> => run(nodeProgram, ['--input-type=module', '-e', code], consumer);

/** Runs the installed program as its users do. */
const npx = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> =>
  run('npx', ['--no-install', 'tmi-dbtool', ...args], consumer, env);

/** better-sqlite3 as its install script would compile it: for our own Node.js it stands in our own node_modules. */
async function compileSqlite(): Promise<void> {
  if (otherNode === undefined) {
    const compiled = path.join('node_modules/better-sqlite3/build');
    symlinkSync(path.join(root, compiled), path.join(consumer, compiled));
    return;
  }
  const headers = path.dirname(path.dirname(otherNode));
  const env = existsSync(path.join(headers, 'include/node/node.h')) ? { npm_config_nodedir: headers } : {};
  await mustRun('npm', ['rebuild', 'better-sqlite3', '--foreground-scripts'], consumer, env);
}

let packed: readonly string[];
let tarballName: string;

beforeAll(async () => {
  mkdirSync(packageFolder);
  await mustRun(process.execPath, ['scripts/build.mjs', path.join(packageFolder, 'dist')], root);
  for (const name of ['package.json', ...manifest.files.filter((file) => file !== 'dist')]) {
    cpSync(path.join(root, name), path.join(packageFolder, name), { recursive: true });
  }
  const answer = await mustRun(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    packageFolder,
  );
  const [tarball] = JSON.parse(answer) as { filename: string; files: { path: string }[] }[];
  packed = (tarball?.files ?? []).map((file) => file.path);
  tarballName = tarball?.filename ?? '';

  mkdirSync(consumer);
  writeFileSync(path.join(consumer, 'package.json'), '{"private":true,"type":"module"}');
  const quick = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  // By our own Node.js, which knows the certificates of this machine's registry.
  const own = { PATH: process.env['PATH'] ?? '' };
  await mustRun('npm', ['install', path.join(folder, tarball?.filename ?? ''), ...quick], consumer, own);
  await compileSqlite();
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what is packed', () => {
  it('is the program, the library with its types, and the texts', () => {
    const kinds = new Set(
      packed.map((file) =>
        file
          .replace(/^dist\/chunks\/.+\.js$/, 'dist/chunks/*')
          .replace(/^dist\/bin\/program\/.+?\.js(?:(?:\.[a-z]+-[a-z]+)?(\.cache))?$/, 'dist/bin/program/*$1')
          .replace(/^dist\/man\/tmi-dbtool(-[a-z-]+)?\.1$/, 'dist/man/*')
          .replace(/^docs\/[a-z-]+\.md$/, 'docs/*')
          .replace(/^dist\/types\/src\/.+\.d\.ts$/, 'types'),
      ),
    );
    expect([...kinds].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'dist/bin/package.json',
      'dist/bin/program/*',
      'dist/bin/program/*.cache',
      'dist/bin/tmi-dbtool.js',
      'dist/chunks/*',
      'dist/man/*',
      'dist/src/config/index.js',
      'dist/src/index.js',
      'dist/src/registry/index.js',
      'dist/src/secrets/index.js',
      'dist/src/settings/index.js',
      'docs/*',
      'package.json',
      'types',
    ]);
  });

  it('holds no types of what is not exported', () => {
    const types = packed.filter((file) => file.endsWith('.d.ts'));
    expect(types.length).toBeGreaterThan(20);
    expect(types.filter((file) => /src\/(legacy|backup)\/|\/dialects\//.test(file))).toEqual([]);
  });

  it('names no folder of the machine that built it', () => {
    for (const file of packed)
      expect(readFileSync(path.join(packageFolder, file), 'utf8'), file).not.toContain(root);
  });

  it('has types that resolve for importers of every kind that can import it', async () => {
    const attw = path.join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    await mustRun(process.execPath, [attw, path.join(folder, tarballName), '--profile', 'esm-only'], folder);
  });

  it('pleases publint', async () => {
    const { publint } = await import('publint');
    const { messages } = await publint({ pkgDir: packageFolder, strict: true });
    expect(messages).toEqual([]);
  });
});

describe('the program', () => {
  it('runs by npx and says its version, which is that of the manifest', async () => {
    const { code, out } = await npx(['--version']);
    expect({ code, out }).toEqual({ code: 0, out: `tmi-dbtool ${manifest.version}\n` });
    const version = await mustRun(nodeProgram, ['--version'], consumer);
    expect(JSON.parse((await npx(['--version', '--json'])).out)).toMatchObject({
      tool: 'tmi-dbtool',
      version: manifest.version,
      node: version.trim(),
      platform: `${process.platform}-${process.arch}`,
      packages: { knex: expect.stringMatching(/^\d+\./) as string },
    });
  });

  it('tells an older Node.js at once what it needs', async () => {
    const play = path.join(folder, 'older.cjs');
    writeFileSync(play, "Object.defineProperty(process.versions, 'node', { value: '20.18.3' });");
    const program = path.join(consumer, 'node_modules/tmi-dbtool/dist/bin/tmi-dbtool.js');
    const { code, out, err } = await run(nodeProgram, ['--require', play, program, '--version'], consumer);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('tmi-dbtool needs Node.js 20.19 or later, and this is 20.18.3');
  });

  it('helps, and prints completion scripts', async () => {
    expect((await npx(['--help'])).out).toContain('import-legacy');
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, out } = await npx(['completion', shell]);
      expect(code).toBe(0);
      expect(out).toContain('tmi-dbtool');
    }
  });

  it('answers for its version and its help with its two smallest files', async () => {
    const program = path.join(consumer, 'node_modules/tmi-dbtool/dist/bin/tmi-dbtool.js');
    for (const option of ['--version', '--help']) {
      const traces = path.join(folder, `loaded${option}`);
      await mustRun(nodeProgram, [program, option], consumer, { NODE_V8_COVERAGE: traces });
      const loaded = readdirSync(traces).flatMap((name) => {
        const trace = JSON.parse(readFileSync(path.join(traces, name), 'utf8')) as {
          readonly result: readonly { readonly url: string }[];
        };
        // What comes with a code cache has a name without a folder.
        return trace.result.flatMap(({ url }) =>
          /^(?!node:).*\.c?js$/.test(url) ? [path.basename(url)] : [],
        );
      });
      // How long that takes, against bare node, is what the bench asks.
      expect(loaded.sort()).toEqual(['start.js', 'tmi-dbtool.js']);
    }
  });

  it('validates, and says by its exit code what it found', async () => {
    writeFileSync(path.join(consumer, 'broken.yml'), 'server:\n  prot: "8080"\n');
    const { code, out } = await npx(['validate-config', 'broken.yml', '--format', 'json']);
    expect(code).toBe(3);
    const { findings } = JSON.parse(out) as { findings: { rule: string; line?: number }[] };
    expect(findings.map(({ rule }) => rule)).toContain('unknown-key');
  });

  it('reads the file of --env-file itself, of which Node.js has an option too', async () => {
    writeFileSync(path.join(consumer, 'server.env'), 'TMI_SERVER_PORT=x\n');
    const check = (file: string): Promise<Run> =>
      // By the link that npm makes: npx is itself a program of Node.js, which takes the option before it starts anything.
      run(
        'node_modules/.bin/tmi-dbtool',
        ['validate-config', '--env-file', file, '--ignore', 'required-setting', '--format', 'json'],
        consumer,
      );
    const { code, out } = await check('docker:server.env');
    expect(code).toBe(3);
    expect(out).toContain('TMI_SERVER_PORT');
    const { err } = await check('nowhere/server.env');
    expect(err).toContain('nowhere/server.env does not exist [config/cannot-read-file]');
  });

  it('starts a program with references resolved', async () => {
    const env = { CANARY_SOURCE: 'CANARY-exec', TMI_JWT_SECRET: 'env://CANARY_SOURCE' };
    const print = 'process.stdout.write(process.env.TMI_JWT_SECRET)';
    const { code, out, err } = await npx(['exec', '--', nodeProgram, '-e', print], env);
    expect({ code, out }, err).toEqual({ code: 0, out: 'CANARY-exec' });
  });

  /** Our own native part, which asks for a version of a library that no system has: the loader itself refuses it. */
  function needsNewer(library: string): (build: string) => void {
    return (build) => {
      const own = readFileSync(
        path.join(root, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'),
      );
      const versions = new RegExp(`\\0(${library}_)[\\d.]+(?=\\0)`, 'g');
      const text = own.toString('latin1');
      const newer = text.replace(versions, (whole, name: string) => `\0${name}`.padEnd(whole.length, '9'));
      expect(newer).not.toBe(text);
      mkdirSync(path.join(build, 'Release'), { recursive: true });
      writeFileSync(path.join(build, 'Release/better_sqlite3.node'), newer, 'latin1');
    };
  }

  it.each<[string, (build: string) => void, string, string]>([
    [
      'was never built',
      () => undefined,
      'was never built here',
      'npm rebuild better-sqlite3 --ignore-scripts=false',
    ],
    [
      'is for something else',
      (build) => {
        mkdirSync(path.join(build, 'Release'), { recursive: true });
        writeFileSync(path.join(build, 'Release/better_sqlite3.node'), 'no shared library');
      },
      'was built for another Node.js',
      'npm rebuild better-sqlite3 --ignore-scripts=false',
    ],
    ...(process.platform === 'linux' ? ['GLIBC', 'GLIBCXX'] : []).map(
      (library): [string, (build: string) => void, string, string] => [
        `needs a newer ${library}`,
        needsNewer(library),
        'needs a newer C library than this system has',
        'It needs glibc 2.34',
      ],
    ),
  ])(
    'names the native part of SQLite when it %s, and needs it for nothing else',
    async (_, make, said, hint) => {
      const build = path.join(consumer, 'node_modules/better-sqlite3/build');
      renameSync(build, `${build}.kept`);
      onTestFinished(() => {
        rmSync(build, { recursive: true, force: true });
        renameSync(`${build}.kept`, build);
      });
      make(build);
      writeFileSync(path.join(consumer, 'some.db'), '');
      const { code, err } = await npx(['db', 'status', '--database-url', 'sqlite://./some.db']);
      expect(code).toBe(1);
      expect(err).toContain(`better-sqlite3, which opens SQLite files, ${said}`);
      expect(err).toContain(hint);
      expect((await npx(['config', 'reference'])).code).toBe(0);
    },
  );

  const key = { TMI_SECRET_SETTINGS_ENCRYPTION_KEY: 'c0ffee'.padEnd(64, '0') };

  function exampleFile(folderName: string, url?: string): string {
    cpSync(path.join(root, 'fixtures/readme'), path.join(consumer, folderName), { recursive: true });
    const file = path.join(consumer, folderName, 'config.yml');
    if (url === undefined) return file;
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/^ {2}url: .*$/m, `  url: ${url}`));
    return file;
  }

  it('imports a file into SQLite', async () => {
    exampleFile('try');
    const { code, err } = await npx(['import-legacy', 'try/config.yml'], key);
    expect(code, err).toBe(0);
    // Node.js speaks of what it does not like on standard error.
    expect(err).not.toContain('Warning');
    expect(existsSync(path.join(consumer, 'try/tmi.db'))).toBe(true);
  });

  describe.each(['postgres', 'mysql'] as const)('on %s', (engine) => {
    it.skipIf(whyMissing(engine))(
      'imports a file, shows the database, makes a backup and restores it',
      async () => {
        const url = await freshUrl(engine);
        const file = exampleFile(`try-${engine}`, url);
        const imported = await npx(['import-legacy', file, '--json'], key);
        expect(imported.code, imported.err).toBe(0);
        const status = await npx(['db', 'status', '--config', file, '--json'], key);
        expect(status.code, status.err).toBe(0);
        const backup = path.join(consumer, `${engine}.jsonl.gz`);
        const saved = await npx(['db', 'backup', '--config', file, '--output', backup, '--quiet'], key);
        expect(saved.code, saved.err).toBe(0);
        expect(existsSync(backup)).toBe(true);
        const name = new URL(url).pathname.slice(1);
        const back = [
          'db',
          'restore',
          backup,
          '--config',
          file,
          '--replace',
          '--confirm',
          name,
          '--no-backup',
        ];
        const restored = await npx(back, key);
        expect(restored.code, restored.err).toBe(0);
      },
    );
  });

  it.skipIf(whyNoRedis())('clears the cache of servers after a write', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    await redis.client.set('tmi:settings:auth.jwt.expiration_seconds', '3600');
    const file = exampleFile('try-redis');
    const env = { ...key, TMI_REDIS_URL: `redis://:${redis.password}@127.0.0.1:${redis.port}/0` };
    const imported = await npx(['import-legacy', file], env);
    expect(imported.code, imported.err).toBe(0);
    const set = ['settings', 'set', 'auth.jwt.expiration_seconds', '900', '--config', file];
    const { code, err } = await npx(set, env);
    expect(code, err).toBe(0);
    expect(await redis.client.keys('tmi:settings:*')).toEqual([]);
  });
});

describe('the library', () => {
  const entries = Object.keys(manifest.exports).filter((name) => !name.endsWith('.json'));

  it.each(entries)('%s can be imported without side effects', async (entry) => {
    const name = path.posix.join('tmi-dbtool', entry);
    const { code, out, err } = await node(`
      import { createRequire } from 'node:module';
      const before = JSON.stringify([process.env, process.eventNames(), Object.keys(globalThis)]);
      const exported = Object.keys(await import('${name}'));
      await new Promise((resolve) => setImmediate(resolve));
      const after = JSON.stringify([process.env, process.eventNames(), Object.keys(globalThis)]);
      const loaded = Object.keys(createRequire(process.cwd() + '/x.js').cache);
      console.log(JSON.stringify({ same: before === after, exported: exported.length, loaded, handles: process.getActiveResourcesInfo().filter((r) => !/Wrap|TTY/.test(r)) }));`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const facts = JSON.parse(out) as { same: boolean; exported: number; loaded: string[]; handles: string[] };
    expect(facts).toMatchObject({ same: true, handles: [] });
    expect(facts.exported).toBeGreaterThan(3);
    // Drivers and cloud clients load when they are used.
    expect(facts.loaded).toEqual([]);
  });

  it('keeps the command line out: no chunk that an export reaches asks for commander', () => {
    const seen = new Set<string>();
    const waiting = ['dist/src/index.js'];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      const text = readFileSync(path.join(packageFolder, file), 'utf8');
      expect(text, file).not.toContain('CommanderError');
      for (const [, target] of text.matchAll(/(?:from|import)\s*\(?"(\.[^"]+)"/g)) {
        waiting.push(path.posix.join(path.posix.dirname(file), target as string));
      }
    }
    expect(seen.size).toBeGreaterThan(3);
  });

  it('has types that a strict consumer compiles against', async () => {
    writeFileSync(
      path.join(consumer, 'consumer.ts'),
      `import { bootstrap, loadWorker, SecretValue, ToolError, type Server } from 'tmi-dbtool';
import { settings } from 'tmi-dbtool/registry';
import { parseYaml } from 'tmi-dbtool/config';
import { createSecrets } from 'tmi-dbtool/secrets';
import { effectiveValue, readSettings } from 'tmi-dbtool/settings';

export async function start(): Promise<Server> {
  const server = await bootstrap({ file: 'config.yml', env: process.env });
  const port: string = server.config.server.port;
  const milliseconds: number = server.config.server.read_timeout;
  const secret: SecretValue = server.config.auth.jwt.secret;
  const password: SecretValue | undefined = server.config.database.redis.password;
  const limit: number | undefined = await server.settings.number('upload.max_file_size_mb');
  // @ts-expect-error a port is text
  const wrong: number = server.config.server.port;
  // @ts-expect-error no such setting
  server.config.server.prot;
  // @ts-expect-error it is frozen
  server.config.server.port = '1';
  // @ts-expect-error a secret is no text
  const text: string = server.config.auth.jwt.secret;
  void [port, milliseconds, secret, password, limit, wrong, text, loadWorker, ToolError];
  void [settings, parseYaml, createSecrets, effectiveValue, readSettings];
  return server;
}
`,
    );
    mkdirSync(path.join(consumer, 'node_modules/@types'), { recursive: true });
    for (const name of ['@types/node', 'undici-types']) {
      const there = path.join(consumer, 'node_modules', name);
      if (!existsSync(there)) symlinkSync(path.join(root, 'node_modules', name), there);
    }
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit'];
    const modern = [
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
      '--skipLibCheck',
      'false',
    ];
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    await mustRun(process.execPath, [tsc, ...strict, ...modern, 'consumer.ts'], consumer);
  }, 120_000);
});

describe('the example server', () => {
  async function exampleFolder(): Promise<string> {
    const there = path.join(consumer, `example-${Math.random().toString(36).slice(2)}`);
    cpSync(path.join(root, 'examples/server'), there, { recursive: true });
    return there;
  }

  it('starts, seeds once, answers, follows the database and stops', async () => {
    const there = await exampleFolder();
    const start = async (): Promise<{
      url: string;
      err: () => string;
      stop: () => Promise<number | null>;
    }> => {
      const env = { ...process.env, JWT_SECRET: 'CANARY-'.padEnd(40, 'x'), TMI_SERVER_PORT: '39181' };
      const child = spawn(nodeProgram, ['server.js'], { cwd: there, env });
      onTestFinished(() => void child.kill('SIGKILL'));
      let err = '';
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      const line = await Promise.race([
        new Promise<string>((resolve) =>
          child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
        ),
        ended.then((code) => `ended with ${String(code)}: ${err}`),
      ]);
      const address = /listening on (\S+)/.exec(line)?.[1];
      if (address === undefined) throw new Error(line);
      return { url: `http://${address}`, err: () => err, stop: () => (child.kill('SIGTERM'), ended) };
    };
    const first = await start();
    expect(first.err()).toContain('settings seeded');
    expect(await (await fetch(`${first.url}/client-settings`)).json()).toEqual({
      theme: 'auto',
      maxUploadBytes: 10_485_760,
      websockets: true,
      logins: [],
    });
    expect(await first.stop()).toBe(0);
    const second = await start();
    expect(second.err()).not.toContain('seeded');
    expect(second.err()).not.toContain('CANARY');
    expect(await second.stop()).toBe(0);
  });

  it('says everything that is wrong and ends', async () => {
    const { code, err } = await run(nodeProgram, ['server.js'], await exampleFolder(), {
      TMI_SERVER_READ_TIMEOUT: 'soon',
    });
    expect(code).toBe(3);
    expect(err).toContain('JWT_SECRET');
    expect(err).toContain('TMI_SERVER_READ_TIMEOUT');
  });

  it('has a worker that needs its environment alone', async () => {
    const there = await exampleFolder();
    const good = await run(nodeProgram, ['worker.js'], there, { NATS_URL: 'nats://localhost:4222' });
    expect({ code: good.code, err: good.err }).toEqual({ code: 0, err: '' });
    expect((await run(nodeProgram, ['worker.js'], there)).code).toBe(3);
  });
});

describe('the optional cloud clients', () => {
  const clients = Object.keys(manifest.peerDependencies);
  const server = `
    import { bootstrap } from 'tmi-dbtool';
    const env = { TMI_SECRETS_PROVIDER: 'azure', TMI_AZURE_VAULT_URL: 'http://127.0.0.1:9', TMI_DATABASE_URL: 'sqlite://./x.db', TMI_JWT_SECRET: 'vault://jwt', TMI_BUILD_MODE: 'dev' };
    await bootstrap({ env }).catch((error) => console.log(JSON.stringify(error.diagnostics)));`;

  it('are named with an install line when one is needed and absent', async () => {
    const above = path.join(tmpdir(), 'node_modules');
    expect(existsSync(above), `${above} lends its packages to the test; remove it`).toBe(false);
    // @azure/identity comes with the driver of SQL Server.
    const absent = clients.filter((name) => !existsSync(path.join(consumer, 'node_modules', name)));
    expect(absent.sort()).toEqual(clients.filter((name) => name !== '@azure/identity').sort());
    const { out } = await node(server);
    expect(out).toContain('npm install @azure/');
  });

  it('are used when they are there', async () => {
    const client = 'node_modules/@azure/keyvault-secrets';
    symlinkSync(path.join(root, client), path.join(consumer, client));
    const { out } = await node(server);
    expect(out).not.toContain('npm install');
    expect(out).toContain('auth.jwt.secret');
  });
});
