import type { Progress } from '../../src/backup/index.js';
import type { GlobalOptions } from '../command.js';
import type { Io } from '../io.js';
import { bytesText, countText } from './amounts.js';
import { escapeControls } from './escape.js';

/** Milliseconds between two states of the line. */
const INTERVAL_MS = 200;

function timeLeft(progress: Progress, seconds: number): string {
  const { rows, totalRows } = progress;
  if (rows === 0 || rows >= totalRows) return '';
  const left = Math.round((seconds / rows) * (totalRows - rows));
  return `, ${left >= 60 ? `${Math.floor(left / 60)} min ` : ''}${left % 60} s left`;
}

/** `34 %, `, as far as the number of all rows is known: engines estimate it, and less than there is says nothing. */
function percentText({ rows, totalRows }: Progress): string {
  return totalRows > 0 && rows <= totalRows ? `${Math.floor((rows / totalRows) * 100)} %, ` : '';
}

/** A terminal that can take a line back, and nobody who asked for plain output. */
function canDraw({ stderr, env }: Io): boolean {
  const isSet = (name: string): boolean => !/^(|0|false)$/i.test(env[name] ?? '');
  return stderr.isTTY && env['TERM'] !== 'dumb' && !isSet('CI') && (env['NO_COLOR'] ?? '') === '';
}

/** One line on a terminal that says how far a long piece of work has come. Elsewhere it says nothing. */
export class ProgressLine {
  readonly #shown: boolean;
  #began = performance.now();
  #last = 0;
  #width = 0;

  constructor(
    private readonly io: Io,
    options: Pick<GlobalOptions, 'quiet'>,
  ) {
    this.#shown = canDraw(io) && options.quiet !== true;
  }

  readonly update = (progress: Progress): void => {
    const now = performance.now();
    if (!this.#shown || now - this.#last < INTERVAL_MS) return;
    this.#last = now;
    const seconds = (now - this.#began) / 1000;
    const rate = countText(Math.round(progress.rows / Math.max(seconds, 0.001)), 'row');
    const bytes = progress.bytes > 0 ? `, ${bytesText(progress.bytes)}` : '';
    const text = `${escapeControls(progress.table)}: ${percentText(progress)}${countText(progress.rows, 'row')}${bytes}, ${rate}/s${timeLeft(progress, seconds)}`;
    // A terminal that does not know its width says 0.
    const { columns = 80 } = this.io.stderr;
    this.#write(text.slice(0, columns - 1));
  };

  #write(text: string): void {
    this.io.stderr.write(`\r${text.padEnd(this.#width)}`);
    this.#width = text.length;
  }

  /** Takes the line away, for what comes after it; the next piece of work begins anew. */
  clear(): void {
    if (this.#width > 0) this.io.stderr.write(`\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
    this.#began = performance.now();
  }
}
