import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { directSink, type ByteSink } from '../../commands/direct-sink.js';

function world(): { readonly folder: string; readonly stream: ByteSink; readonly streamed: () => Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'tmi-dbtool-sink-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const parts: Buffer[] = [];
  const stream: ByteSink = {
    write: (text) => void parts.push(Buffer.from(text as string)),
    isTTY: true,
    columns: 80,
  };
  return { folder, stream, streamed: () => Buffer.concat(parts) };
}

const noFault = (code: string): void => expect.unreachable(code);

it('writes to a file past the stream', () => {
  const { folder, stream, streamed } = world();
  const file = openSync(join(folder, 'out'), 'w');
  onTestFinished(() => closeSync(file));
  const sink = directSink(file, stream, noFault);
  sink.write('grün ');
  sink.write('und rot\n');
  expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('grün und rot\n');
  expect([sink.isTTY, sink.columns, streamed().length]).toEqual([false, undefined, 0]);
});

it('leaves to the stream what a slow reader does not take, and all that follows', () => {
  const { folder, stream, streamed } = world();
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const pipe = openSync(join(folder, 'pipe'), constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(pipe));
  const text = 'ü'.repeat(200_000);
  const sink = directSink(pipe, stream, noFault);
  sink.write(text);
  sink.write('end');
  const taken = Buffer.alloc(1 << 20);
  const length = readSync(pipe, taken);
  expect(length).toBeGreaterThan(0);
  expect(streamed().length).toBeGreaterThan(0);
  expect(Buffer.concat([taken.subarray(0, length), streamed()]).toString()).toBe(`${text}end`);
});

it('leaves terminals and devices to the stream', () => {
  const { stream, streamed } = world();
  const device = openSync('/dev/null', 'w');
  onTestFinished(() => closeSync(device));
  const sink = directSink(device, stream, noFault);
  sink.write('text');
  expect([sink.isTTY, sink.columns, streamed().toString()]).toEqual([true, 80, 'text']);
});

it('tells what a write failed with', () => {
  const { folder, stream } = world();
  const file = openSync(join(folder, 'out'), 'w+');
  closeSync(file);
  const readOnly = openSync(join(folder, 'out'), 'r');
  onTestFinished(() => closeSync(readOnly));
  const faults: string[] = [];
  directSink(readOnly, stream, (code) => faults.push(code)).write('text');
  expect(faults).toEqual(['EBADF']);
});
