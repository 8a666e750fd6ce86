import crypto from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
// @ts-expect-error -- a script of the build, which has no types
import { quickPackages as plugin } from '../../scripts/quick-packages.mjs';

interface Session {
  readonly clientNonce: string;
}

/** The part of the driver that logs in with SCRAM. */
interface Scram {
  startSession(mechanisms: readonly string[]): Promise<Session> | Session;
  continueSession(session: Session, password: string, fromServer: string): Promise<void>;
}

afterEach(() => void vi.restoreAllMocks());

/** As the program has it inside. */
async function built(): Promise<Scram> {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-login-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'scram.cjs');
  await build({
    absWorkingDir: join(import.meta.dirname, '../..'),
    entryPoints: ['node_modules/pg/lib/crypto/sasl.js'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    plugins: [plugin as never],
    logLevel: 'error',
  });
  return createRequire(import.meta.url)(outfile) as Scram;
}

it('works out the key of a login once for all sessions of a run, and anew for another password or server', async () => {
  const derive = vi.spyOn(crypto, 'pbkdf2');
  const scram = await built();
  const login = async (password: string, salt: string, rounds = 4096) => {
    const session = await scram.startSession(['SCRAM-SHA-256']);
    const said = `r=${session.clientNonce}more,s=${Buffer.from(salt).toString('base64')},i=${rounds}`;
    await scram.continueSession(session, password, said);
    return derive.mock.calls.length;
  };
  expect(await login('secret', 'salt')).toBe(1);
  expect(await login('secret', 'salt')).toBe(1);
  expect(await login('other', 'salt')).toBe(2);
  expect(await login('other', 'pepper')).toBe(3);
  expect(await login('other', 'pepper', 8192)).toBe(4);
  expect(await login('other', 'pepper', 8192)).toBe(4);
});
