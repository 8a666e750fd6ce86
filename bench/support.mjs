// What the benchmarks share: a configuration file, private servers, slow lines to them, and medians.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));
/** The built program; `npm run bench` and `npm run chaos` build it first. */
export const program = join(root, 'dist/bin/tmi-dbtool.js');

/**
 * A file of a release before 1.4.0: bootstrap settings and, for each provider, ten operational ones.
 * @param secretOf what the client secret of a provider is, by its number; without it there are none
 */
export function configuration(url, providers, secretOf) {
  const lines = ['# TMI, all in one file', 'server:', '  port: "8443"', 'database:', `  url: ${url}`];
  lines.push(
    'auth:',
    '  build_mode: dev',
    '  jwt:',
    '    secret: env://JWT_SECRET',
    '    expiration_seconds: 7200',
  );
  lines.push('  oauth:', '    providers:');
  for (let i = 0; i < providers; i += 1) {
    lines.push(`      provider-${i}: # number ${i}`, '        enabled: true', `        name: Provider ${i}`);
    lines.push(`        client_id: client-${i}`, `        issuer: https://id${i}.example.com`);
    lines.push(`        authorization_url: https://id${i}.example.com/authorize`);
    lines.push(`        token_url: https://id${i}.example.com/token`, '        scopes: [openid, email]');
    lines.push(
      `        userinfo: [{ url: https://id${i}.example.com/userinfo, claims: { subject_claim: sub } }]`,
    );
    lines.push('        icon: fa-solid fa-key', `        id: provider-${i}`);
    if (secretOf) lines.push(`        client_secret: ${secretOf(i)}`);
  }
  lines.push('websocket:', '  inactivity_timeout_seconds: 450 # seven and a half minutes', '');
  return lines.join('\n');
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

export function milliseconds(work) {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** Runs a node program to its end; throws when it fails. @returns milliseconds of the whole process */
export function timeOf(args, options = {}) {
  return milliseconds(() => {
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', ...options });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  });
}

/** Loads a module of the sources or of the tests' support, which are TypeScript. @param file path from the root of the project */
export async function loadTypeScript(file) {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-bench-'));
  // Drivers and cloud clients are found beside it, when they are used.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const outfile = join(folder, 'support.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    define: { 'import.meta.dirname': JSON.stringify(dirname(join(root, file))) },
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}

/** A server of its own, or undefined where its binaries are missing. */
async function privateServer(name, binaryOf, startOf) {
  const support = await loadTypeScript(`test/support/servers/${name}.ts`);
  if (!support[binaryOf]()) return undefined;
  const { server, stop } = await support[startOf]();
  return { url: server.url, stop };
}

export const postgres = () => privateServer('postgres', 'postgresBinary', 'startPostgres');
export const mariadb = () => privateServer('mariadb', 'mariadbBinary', 'startMariadb');

/** The URL of another database on the same server. */
export const onDatabase = (url, name) => Object.assign(new URL(url), { pathname: `/${name}` }).href;

const { openLine } = await loadTypeScript('test/support/line.ts');
/** A line to a server on which each answer comes so many milliseconds later; see the tests' support. */
export { openLine };
