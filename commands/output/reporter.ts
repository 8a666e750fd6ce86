import type { GlobalOptions } from '../command.js';
import type { Io } from '../io.js';
import { escapeControls } from './escape.js';

/** Says on standard error what a command is doing, for those who asked for it. */
export class Reporter {
  constructor(
    private readonly io: Io,
    private readonly options: Pick<GlobalOptions, 'verbose' | 'quiet'>,
  ) {}

  /** One step of the work; shown with `--verbose`. */
  step(text: string): void {
    if (this.options.verbose && !this.options.quiet) this.io.stderr.write(`· ${escapeControls(text)}\n`);
  }
}
