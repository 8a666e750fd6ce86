import type { Command, CommanderError } from 'commander';
import { ToolError } from '../src/errors/index.js';
import { goOptionFault } from './go-options.js';
import { commandEntries, commandGroups } from './index.js';
import type { Io } from './io.js';
import { asToolError, reportError } from './output/error.js';
import { commandsMeantBy, optionSuggested } from './suggest.js';

/** The word that names no command: the second one where the first names a group. */
function unknownWord([first = '', second = '']: readonly string[]): string {
  return first in commandGroups ? second : first;
}

/** What may have been meant by a command line that commander refused, in lines; commander looks at typing errors in commands. */
function suggestions(
  error: CommanderError,
  own: readonly string[],
  program: Command | undefined,
): readonly string[] {
  if (error.code === 'commander.unknownCommand')
    return commandsMeantBy(unknownWord(own), commandEntries).map((name) => `Try: tmi-dbtool ${name}`);
  const aboutOptions = ['commander.unknownOption', 'commander.missingMandatoryOptionValue'];
  if (!program || !aboutOptions.includes(error.code) || error.message.includes('Did you mean')) return [];
  const meant = optionSuggested(program, own);
  return meant === undefined ? [] : [meant];
}

/**
 * Reports what commander refused, of which its own text stands on standard error already: who does the work of an option of
 * the Go tool, or what may have been meant.
 * @param own the tool's arguments, without those of a program that `exec` starts
 * @param program undefined where none was made yet
 */
export function reportRefusal(
  error: CommanderError,
  own: readonly string[],
  io: Io,
  program: Command | undefined,
): void {
  const json = own.includes('--json');
  const former = goOptionFault(error, own);
  if (former) {
    if (json) reportError(former, io, { json });
    else io.stderr.write(`hint: ${former.message}. ${former.hint}\n`);
    return;
  }
  const lines = suggestions(error, own, program);
  if (!json) io.stderr.write(lines.map((line) => `${line}\n`).join(''));
  else {
    const { code, message } = asToolError(error);
    reportError(new ToolError(code, message, lines[0] === undefined ? {} : { hint: lines[0] }), io, { json });
  }
}
