import type { HelpConfiguration } from 'commander';
import { exitCodes } from '../src/errors/index.js';

/** Help settings that all commands share: commands in their given order, global options shown once. */
export const groupedHelp: HelpConfiguration = {
  showGlobalOptions: false,
  sortSubcommands: false,
};

/** The exit-code table as it stands in the help and the README. */
export function exitCodesHelp(): string {
  const rows = Object.values(exitCodes).map(({ code, meaning }) => `  ${code}      ${meaning}`);
  return ['', 'Exit codes:', ...rows, '  128+n  ended by signal n'].join('\n');
}
