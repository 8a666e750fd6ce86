import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { importSteps, type ImportStep } from '../../src/legacy/apply.js';
import { Binary } from '../support/binary.js';
import { freshUrl } from '../support/connection.js';
import { describeServers } from '../support/database.js';
import { openLine } from '../support/line.js';
import { readRows } from '../support/rows.js';

// Real signals for the real program, over a line that is slow enough for them to arrive in the middle of things.
const DELAY_MS = 60;
let binary: Binary;

beforeAll(async () => void (binary = await Binary.create()));
afterAll(() => binary.dispose());

/** The URL of the same database over a line that answers late. */
async function slowUrl(url: string): Promise<string> {
  const line = await openLine(url, DELAY_MS);
  onTestFinished(() => line.close());
  return line.url;
}

interface Ending {
  readonly code: number | null;
  readonly err: string;
}

/** Sends a signal as soon as `--verbose` announces the step. */
function interrupted(file: string, step: ImportStep, signal: 'SIGINT' | 'SIGTERM'): Promise<Ending> {
  const child = binary.start(['import-legacy', file, '--verbose'], {}, path.dirname(file));
  onTestFinished(() => void child.kill('SIGKILL'));
  let err = '';
  let sent = false;
  child.stdout?.resume();
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    if (!sent && err.includes(`· ${step}\n`)) sent = child.kill(signal);
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, err })));
}

const config = (url: string): string =>
  `database:\n  url: ${url}\nauth:\n  build_mode: dev\n  jwt:\n    secret: env://JWT\n    expiration_seconds: 7200\n`;

describeServers((engine) => {
  async function prepare(): Promise<{ url: string; folder: string; file: string; text: string }> {
    const url = await freshUrl(engine);
    const folder = mkdtempSync(path.join(tmpdir(), 'tmi-dbtool-interrupt-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'config.yml');
    const text = config(await slowUrl(url));
    writeFileSync(file, text);
    return { url, folder, file, text };
  }

  it.each([
    ['lock', 'SIGINT', 130],
    ['write', 'SIGINT', 130],
    ['write', 'SIGTERM', 143],
  ] as const)(
    'before the commit, at "%s", %s ends with %i and leaves nothing',
    async (step, signal, code) => {
      const { url, folder, file, text } = await prepare();
      const ending = await interrupted(file, step, signal);
      expect(ending.code, ending.err).toBe(code);
      expect(ending.err).toContain('internal/interrupted');
      expect(ending.err).toContain(signal);
      expect(readFileSync(file, 'utf8')).toBe(text);
      expect(readdirSync(folder)).toEqual(['config.yml']);
      const rows = await readRows(engine, url).catch(() => new Map());
      expect(rows.size).toBe(0);
    },
  );

  it.each(importSteps.slice(importSteps.indexOf('commit')))(
    'from the commit on, at "%s", it finishes the work',
    async (step) => {
      const { url, file, text } = await prepare();
      const ending = await interrupted(file, step, 'SIGINT');
      expect(ending.code, ending.err).toBe(0);
      expect(readFileSync(file, 'utf8')).not.toBe(text);
      expect((await readRows(engine, url)).size).toBe(2);
    },
  );
});
