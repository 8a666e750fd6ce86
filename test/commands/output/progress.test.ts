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

  it('goes by the share of a file where no rows are counted', () => {
    const { io, progress } = line(true);
    vi.advanceTimersByTime(2000);
    progress.update({ table: 'reading back', rows: 0, totalRows: 0, bytes: 5e6, share: 0.25 });
    expect(io.err).toBe('\rreading back: 25 %, 5.0 MB, 2.5 MB/s, 6 s left');
  });

  it('shows what is worked on at last, and does not come back', async () => {
    const { io, progress } = line(true);
    vi.advanceTimersByTime(1000);
    progress.update(at(1));
    progress.update({ ...at(2), table: 'large' });
    await vi.waitFor(() => expect(io.err).toContain('large: '));
    progress.update({ ...at(3), table: 'gone' });
    progress.clear();
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(io.err).not.toContain('gone: ');
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
