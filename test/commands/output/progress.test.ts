import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProgressLine } from '../../../commands/output/progress.js';
import { FakeIo } from '../../support/io.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

function line(terminal: boolean, quiet = false): { io: FakeIo; progress: ProgressLine } {
  const io = new FakeIo();
  Object.assign(io.stderr, { isTTY: terminal, columns: 60 });
  return { io, progress: new ProgressLine(io, { quiet }) };
}

const at = (rows: number, totalRows = 1000) => ({ table: 'things', rows, totalRows, bytes: rows * 100 });

describe('the line of progress', () => {
  it('says how far the work is and how long it will take, within the width of the terminal', () => {
    const { io, progress } = line(true);
    vi.advanceTimersByTime(1000);
    progress.update(at(100));
    expect(io.err).toMatch(/^\rthings: 10 %, 100 rows, .*100 rows\/s, 9 s left/);
    expect(io.err.length).toBeLessThanOrEqual(60);
  });

  it('is drawn a few times a second, and leaves nothing behind', () => {
    const { io, progress } = line(true);
    vi.advanceTimersByTime(1000);
    for (let rows = 1; rows <= 50; rows += 1) progress.update(at(rows));
    expect(io.err.split('\r').length - 1).toBe(1);
    progress.clear();
    expect(io.err).toMatch(/\r +\r$/);
  });

  it('says no percent of what is unknown, or was estimated too low', () => {
    for (const total of [0, 99]) {
      const { io, progress } = line(true);
      vi.advanceTimersByTime(1000);
      progress.update(at(100, total));
      expect(io.err).toMatch(/^\rthings: 100 rows/);
    }
  });

  it('speaks of minutes', () => {
    const { io, progress } = line(true);
    vi.advanceTimersByTime(10_000);
    progress.update({ ...at(10, 250), bytes: 0 });
    expect(io.err).toContain('4 min 0 s left');
  });

  it.each([
    ['where nobody looks', false, false],
    ['with --quiet', true, true],
  ])('is not there %s', (_, terminal, quiet) => {
    const { io, progress } = line(terminal, quiet);
    vi.advanceTimersByTime(1000);
    progress.update(at(100));
    progress.clear();
    expect(io.err).toBe('');
  });
});
