import type { Command, HelpConfiguration, Option } from 'commander';
import { exitCodes } from '../src/errors/index.js';

/** Options of the commands above; the version is asked of the program alone. */
function visibleGlobalOptions(command: Command): Option[] {
  const above: Command[] = [];
  for (let parent = command.parent; parent; parent = parent.parent) above.push(parent);
  return above
    .flatMap(({ options }) => options)
    .filter(({ hidden, long }) => !hidden && long !== '--version');
}

/** Help settings that all commands share: commands in their given order, the options of every command after its own. */
export const groupedHelp: HelpConfiguration = {
  showGlobalOptions: true,
  sortSubcommands: false,
  visibleGlobalOptions,
};

/** What the program's help shows first: the way of an operator who comes with an old file. */
export const programExamples = `
Examples:
  $ tmi-dbtool import-legacy config-production.yml --dry-run
  $ tmi-dbtool validate-config config-production.yml
  $ tmi-dbtool settings explain auth.jwt.expiration_seconds --config config-production.yml
  $ tmi-dbtool db status --config config-production.yml`;

/** The exit-code table as it stands in the help and the README. */
export function exitCodesHelp(): string {
  const rows = Object.values(exitCodes).map(({ code, meaning }) => `  ${code}      ${meaning}`);
  return ['', 'Exit codes:', ...rows, '  128+n  ended by signal n'].join('\n');
}
