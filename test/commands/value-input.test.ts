import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Binary, finished } from '../support/binary.js';
import { until } from '../support/until.js';
import { Workspace } from '../support/workspace.js';

const key = 'operator.name';
const bom = Buffer.from([0xef, 0xbb, 0xbf]);

/** Bytes that a pipe takes before somebody has to read. */
const PIPE_HOLDS = 65_536;

/** Waits until a process has opened a file, once to look at it and once to read. */
const isOpen = (child: ChildProcess, file: string): Promise<void> =>
  until(() => {
    const folder = `/proc/${String(child.pid)}/fd`;
    const opened = readdirSync(folder).filter((name) => {
      try {
        return readlinkSync(join(folder, name)) === file;
      } catch {
        return false;
      }
    });
    return opened.length === 2;
  });

describe('a value from a file or standard input', () => {
  const given = async (bytes: Buffer) => {
    const w = await Workspace.create('sqlite', 'database: {url: "$URL"}\n');
    writeFileSync(join(w.folder, 'value'), bytes);
    const set = (...args: string[]) =>
      w.run(['settings', 'set', key, ...args, '--config', 'config.yml'], { stdin: bytes });
    return { w, set };
  };
  const ways = [['--stdin'], ['--from-file', 'value'], ['--from-file', '/dev/stdin']];

  it.each(ways)('is text without a byte order mark and its last line break: %s %s', async (...way) => {
    const { w, set } = await given(Buffer.concat([bom, Buffer.from('Ünïcode €\n')]));
    expect((await set(...way)).code).toBe(0);
    expect(await w.values()).toEqual({ [key]: 'Ünïcode €' });
  });

  it.each(ways)('is refused when it is no UTF-8: %s %s', async (...way) => {
    for (const bytes of [[0x66, 0xfc, 0x72], [0xff, 0xfe, 0x61, 0x00], [0xc3], [0xed, 0xa0, 0x80]]) {
      const { w, set } = await given(Buffer.from(bytes));
      const { code, err } = await set(...way);
      expect([code, err.includes('settings/invalid-value'), err.includes('UTF-8')], err).toEqual([
        3,
        true,
        true,
      ]);
      expect(await w.values().catch(() => ({}))).toEqual({});
    }
  });

  it('is refused from a folder, a device and a file that is not there', async () => {
    const { w, set } = await given(Buffer.from('x'));
    for (const name of [w.folder, '/dev/zero', '/dev/null', 'absent']) {
      const { code, err } = await set('--from-file', name);
      expect([code, err.includes('config/cannot-read-file')], `${name}: ${err}`).toEqual([1, true]);
    }
  });
});

describe('the real program', () => {
  let binary: Binary;
  let folder: string;
  beforeAll(async () => void (binary = await Binary.create()));
  afterAll(() => binary.dispose());
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-value-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const env = { TMI_DATABASE_URL: 'sqlite://./settings.db' };
  const stored = async () => (await binary.run(['settings', 'get', key], env, folder)).out;

  function pipe(): string {
    const name = join(folder, 'pipe');
    execFileSync('mkfifo', [name]);
    return name;
  }

  it('reads a named pipe to its end, whoever opens it first', async () => {
    const name = pipe();
    const child = binary.start(['settings', 'set', key, '--from-file', name], env, folder);
    const ending = finished(child);
    const writer = createWriteStream(name);
    // Opened once the other end is; more than a pipe holds is written once something of it has been read.
    await once(writer, 'open');
    await new Promise((resolve) => writer.write(' '.repeat(PIPE_HOLDS + 1), resolve));
    writer.end('second\n');
    expect(await ending).toMatchObject({ code: 0 });
    expect(await stored()).toBe(`${' '.repeat(PIPE_HOLDS + 1)}second\n`);
  });

  it("reads a shell's process substitution", async () => {
    const words = binary.command.map((word) => `'${word}'`).join(' ');
    const script = `${words} settings set ${key} --from-file <(printf 'substituted\\n')`;
    const child = spawn('bash', ['-c', script], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(await finished(child)).toMatchObject({ code: 0 });
    expect(await stored()).toBe('substituted\n');
  });

  it.each([
    ['a pipe that nobody writes to', false],
    ['a pipe whose writer waits', true],
  ])('lets a signal end its wait for %s', async (_, opened) => {
    const name = pipe();
    const child = binary.start(['settings', 'set', key, '--from-file', name], env, folder);
    onTestFinished(() => void child.kill('SIGKILL'));
    const ending = finished(child);
    const writer = opened ? createWriteStream(name) : undefined;
    writer?.on('error', () => undefined);
    await (writer
      ? new Promise((resolve) => writer.write(' '.repeat(PIPE_HOLDS + 1), resolve))
      : isOpen(child, name));
    child.kill('SIGTERM');
    const { code, err } = await ending;
    writer?.destroy();
    expect([code, err.includes('internal/interrupted')], err).toEqual([143, true]);
  });

  it('lets a signal end its wait for standard input', async () => {
    const [command = '', ...args] = binary.command;
    const child = spawn(command, [...args, 'settings', 'set', key, '--stdin'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ending = finished(child);
    // Written once the other end has read most of it.
    await new Promise((resolve) => child.stdin.write(' '.repeat(64 * PIPE_HOLDS), resolve));
    child.kill('SIGINT');
    const { code, err } = await ending;
    expect([code, err.includes('internal/interrupted')], err).toEqual([130, true]);
  });

  it('does not wait for a pipe that a reference names', async () => {
    const reference = `file://${pipe()}`;
    for (const args of [['resolve-secrets'], ['exec', '--', 'true']]) {
      const child = binary.start(args, { ...env, TMI_JWT_SECRET: reference }, folder);
      onTestFinished(() => void child.kill('SIGKILL'));
      const { code, out, err } = await finished(child);
      expect([code, `${out}${err}`.includes('not a regular file')], err).toEqual([5, true]);
    }
  });
});
