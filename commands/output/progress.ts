import type { Progress } from '../../src/backup/index.js';
import type { GlobalOptions } from '../command.js';
import type { Io } from '../io.js';
import { bytesText, countText } from './amounts.js';
import { escapeControls } from './escape.js';

/** Milliseconds between two states of the line. */
const INTERVAL_MS = 200;

/** From 0 to 1; undefined where nobody knows: engines estimate rows, and less than there are says nothing. */
function shareOf({ rows, totalRows, share }: Progress): number | undefined {
  if (share !== undefined) return share;
  return totalRows > 0 && rows <= totalRows ? rows / totalRows : undefined;
}

function timeLeft(share: number | undefined, seconds: number): string {
  if (share === undefined || share <= 0 || share >= 1) return '';
  const left = Math.round((seconds / share) * (1 - share));
  return `, ${left >= 60 ? `${Math.floor(left / 60)} min ` : ''}${left % 60} s left`;
}

/** What is done, and how much of it in a second: rows, or where none are counted bytes. */
function amountText({ rows, totalRows, bytes }: Progress, seconds: number): string {
  const inSecond = (amount: number): number => Math.round(amount / Math.max(seconds, 0.001));
  if (rows === 0 && totalRows === 0) return `${bytesText(bytes)}, ${bytesText(inSecond(bytes))}/s`;
  return `${countText(rows, 'row')}${bytes > 0 ? `, ${bytesText(bytes)}` : ''}, ${countText(inSecond(rows), 'row')}/s`;
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
  #last = -Infinity;
  #width = 0;
  #later: NodeJS.Timeout | undefined;

  constructor(
    private readonly io: Io,
    options: Pick<GlobalOptions, 'quiet'>,
  ) {
    this.#shown = canDraw(io) && options.quiet !== true;
  }

  readonly update = (progress: Progress): void => {
    if (!this.#shown) return;
    clearTimeout(this.#later);
    const wait = INTERVAL_MS - (performance.now() - this.#last);
    if (wait <= 0) this.#draw(progress);
    // Nothing may follow it for a long time: what is done now is to be seen.
    else this.#later = setTimeout(() => this.#draw(progress), wait).unref();
  };

  #draw(progress: Progress): void {
    const now = performance.now();
    this.#last = now;
    const seconds = (now - this.#began) / 1000;
    const share = shareOf(progress);
    const percent = share === undefined ? '' : `${Math.floor(share * 100)} %, `;
    const text = `${escapeControls(progress.table)}: ${percent}${amountText(progress, seconds)}${timeLeft(share, seconds)}`;
    // A terminal that does not know its width says 0.
    const { columns = 80 } = this.io.stderr;
    this.#write(text.slice(0, columns - 1));
  }

  #write(text: string): void {
    this.io.stderr.write(`\r${text.padEnd(this.#width)}`);
    this.#width = text.length;
  }

  /** Takes the line away, for what comes after it; the next piece of work begins anew. */
  clear(): void {
    clearTimeout(this.#later);
    this.#last = -Infinity;
    if (this.#width > 0) this.io.stderr.write(`\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
    this.#began = performance.now();
  }
}
