import { EventEmitter, once } from 'node:events';
import { openSync, closeSync } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { processIo, type ProcessIo } from '../../commands/process-io.js';
import { reportError } from '../../commands/output/error.js';
import { Binary, finished, type BinaryRun } from '../support/binary.js';
import { Workspace } from '../support/workspace.js';

/** A process at a terminal, whose keys the test presses. */
function terminal(): {
  readonly io: ProcessIo;
  readonly press: (keys: string) => void;
  readonly proc: EventEmitter & { readonly stderr: PassThrough };
} {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  const screen = (): PassThrough => Object.assign(new PassThrough().resume(), { isTTY: true, columns: 80 });
  const proc = Object.assign(new EventEmitter(), {
    getBuiltinModule: () => ({ isatty: () => true }),
    stdin,
    stdout: screen(),
    stderr: screen(),
    env: {},
    argv: [],
    cwd: () => '/',
    version: 'v0',
    platform: 'test',
    arch: 'none',
  });
  return { io: processIo(proc as unknown as NodeJS.Process), press: (keys) => void stdin.write(keys), proc };
}

describe('a question', () => {
  it('is answered with a line', async () => {
    const { io, press } = terminal();
    const answer = io.prompt('Go on? ');
    press('y\r');
    expect(await answer).toBe('y');
    const next = io.prompt('Again? ');
    press('no\r');
    expect(await next).toBe('no');
  });

  it('shows nothing of a hidden answer', async () => {
    const { io, press, proc } = terminal();
    const shown: string[] = [];
    proc.stderr.on('data', (chunk) => shown.push(String(chunk)));
    const answer = io.prompt('Value: ', { hidden: true });
    press('hunter2\r');
    expect(await answer).toBe('hunter2');
    await new Promise(setImmediate);
    expect(shown.join('')).toBe('Value: \n');
  });

  it('is declined by Ctrl-D', async () => {
    const { io, press } = terminal();
    const answer = io.prompt('Go on? ');
    press('\u0004');
    expect(await answer).toBe('');
    expect(io.signal.aborted).toBe(false);
  });

  it.each([
    ['Ctrl-C', ({ press }: ReturnType<typeof terminal>) => press('\u0003'), 130],
    ['a signal', ({ proc }: ReturnType<typeof terminal>) => void proc.emit('SIGTERM', 'SIGTERM'), 143],
  ])('is interrupted by %s', async (_, interrupt, code) => {
    const world = terminal();
    const { io } = world;
    const asked = once(world.proc.stderr, 'data');
    const fault = io.prompt('Go on? ').then(
      () => undefined,
      (error: unknown) => error,
    );
    await asked;
    interrupt(world);
    let err = '';
    const stderr = { ...io.stderr, write: (text: string) => void (err += text) };
    expect(reportError(await fault, { ...io, stderr }, { json: false })).toBe(code);
    expect(err).toContain('[internal/interrupted]');
  });
});

it('says how the work ended, even when a signal arrives after its end', async () => {
  const { io, proc } = terminal();
  const exits: number[] = [];
  Object.assign(proc, { exit: (code: number) => exits.push(code) });
  expect(await io.finish(3)).toBe(3);
  proc.emit('SIGINT', 'SIGINT');
  expect(exits).toEqual([3]);
  expect(io.signal.aborted).toBe(false);
});

describe('the last words', () => {
  afterEach(() => void vi.useRealTimers());

  /** The end of a run with a fault to say, beside a reader who does not read until told to. */
  function end() {
    let heard = '';
    let isReading = false;
    const waiting: (() => void)[] = [];
    const stderr = new Writable({
      write(chunk: Buffer, _, done) {
        const take = (): void => {
          heard += chunk.toString();
          done();
        };
        if (isReading) take();
        else waiting.push(take);
      },
    });
    const io = processIo(Object.assign(terminal().proc, { stderr }) as unknown as NodeJS.Process);
    io.stderr.write('error: what went wrong\n');
    const ended = vi.fn();
    const code = io.finish(3).then((given) => {
      ended();
      return given;
    });
    const read = (): void => {
      isReading = true;
      for (const take of waiting) take();
    };
    return { code, ended, read, heard: () => heard };
  }

  it('are waited for until a slow reader has them', async () => {
    const { code, ended, read, heard } = end();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ended).not.toHaveBeenCalled();
    read();
    expect(await code).toBe(3);
    expect(heard()).toBe('error: what went wrong\n');
  });

  it('hold nobody back whom nobody reads', async () => {
    vi.useFakeTimers();
    const { code, heard } = end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await code).toBe(3);
    expect(heard()).toBe('');
  });
});

describe('standard output that takes nothing', () => {
  let binary: Binary;
  beforeAll(async () => void (binary = await Binary.create()));
  afterAll(() => binary.dispose());

  function runFull(args: readonly string[], cwd: string): Promise<BinaryRun> {
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    return finished(binary.start(args, {}, cwd, full));
  }

  it.skipIf(process.platform !== 'linux')(
    'lets the command finish, and then says so in one line',
    async () => {
      const w = await Workspace.create('sqlite', 'database: {url: "$URL"}\ntimmy: {enabled: true}\n');
      const { code, err } = await runFull(['import-legacy', 'config.yml'], w.folder);
      expect(code).toBe(1);
      expect(err).toMatch(/^error: .*ENOSPC.*\[internal\/output-lost\]\n$/);
      expect(await w.values()).toEqual({ 'timmy.enabled': 'true' });
      expect(w.text()).not.toContain('timmy');
    },
  );

  it.skipIf(process.platform !== 'linux')('keeps the exit code of a command that failed', async () => {
    const w = await Workspace.create('sqlite', 'database: {url: "$URL"}\n');
    const { code } = await runFull(['--bogus=x'], w.folder);
    expect(code).toBe(2);
  });
});
