import type { GlobalOptions } from '../command.js';
import type { Io, TextSink } from '../io.js';
import { escapeLines } from './escape.js';

type Paint = (text: string) => string;

/**
 * Colours by meaning. When colour is off they only escape control characters, which they do before colouring too, so
 * that nothing is loaded for nothing.
 */
export interface Style {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly warn: Paint;
  readonly bad: Paint;
  readonly added: Paint;
  readonly removed: Paint;
}

const plain: Paint = escapeLines;
export const plainStyle: Style = {
  strong: plain,
  faint: plain,
  good: plain,
  warn: plain,
  bad: plain,
  added: plain,
  removed: plain,
};

/** Colour is for terminals; NO_COLOR and --no-color turn it off, FORCE_COLOR turns it on (https://no-color.org). */
function wantsColor(sink: TextSink, io: Io, options: Pick<GlobalOptions, 'color'>): boolean {
  if (options.color === false || (io.env['NO_COLOR'] ?? '') !== '') return false;
  const forced = io.env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0';
  return sink.isTTY && io.env['TERM'] !== 'dumb';
}

/** The style for a stream; chalk is loaded only when there will be colour. */
export async function styleFor(
  sink: TextSink,
  io: Io,
  options: Pick<GlobalOptions, 'color'>,
): Promise<Style> {
  if (!wantsColor(sink, io, options)) return plainStyle;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  const safe =
    (paint: Paint): Paint =>
    (text) =>
      paint(escapeLines(text));
  return {
    strong: safe(chalk.bold),
    faint: safe(chalk.dim),
    good: safe(chalk.green),
    warn: safe(chalk.yellow),
    bad: safe(chalk.red),
    added: safe(chalk.green),
    removed: safe(chalk.red),
  };
}
