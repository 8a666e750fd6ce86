import { CommanderError } from 'commander';
import { ToolError } from '../src/errors/index.js';

const OWN_TOOL = "the Go tool of the server's own release";

/** Options of the Go tool that have no counterpart here, with the short forms, and who does their work. */
const withoutCounterpart: readonly (readonly [names: readonly string[], who: string])[] = [
  [
    ['--schema', '-s'],
    `A TMI server makes and migrates its tables when it starts, or ${OWN_TOOL} does it before. Defaults of settings are inserted here: tmi-dbtool seed-settings`,
  ],
  [['--import-test-data', '-t'], `Test data goes through the API of a running server: ${OWN_TOOL} loads it.`],
  [
    ['--backfill-empty-strings'],
    `The tables are the server's, and ${OWN_TOOL} mends them. The table system_settings needs none of it: there empty and missing read the same.`,
  ],
  [
    ['--skip-schema-check'],
    'Leave it out: this tool works on the settings of any schema, and looks at what it finds there.',
  ],
];

/** How an option was written, without what follows an equals sign; Go takes one dash as well as two. */
function optionName(arg: string): string {
  const name = /^--?([a-z][a-z-]*)(?:=.*)?$/s.exec(arg)?.[1];
  if (name === undefined) return arg;
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/**
 * What to say where an option was not understood: that it is the Go tool's, and who does its work now.
 * @param error what a command line was refused with
 * @param args the arguments of that command line
 * @returns undefined when the error is another one, or none of the arguments is such an option
 */
export function goOptionFault(error: unknown, args: readonly string[]): ToolError | undefined {
  if (!(error instanceof CommanderError) || error.code !== 'commander.unknownOption') return undefined;
  for (const name of args.map(optionName)) {
    const found = withoutCounterpart.find(([names]) => names.includes(name));
    if (!found) continue;
    return new ToolError('usage/bad-argument', `${name} of the Go tool has no counterpart here`, {
      hint: found[1],
    });
  }
  return undefined;
}
