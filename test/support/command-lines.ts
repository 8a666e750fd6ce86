import { Command, CommanderError, type Option } from 'commander';
import { addGlobalOptions } from '../../commands/global-options.js';
import { commandEntries, commandGroups, program } from '../../commands/index.js';
import { isLegacyInvocation, runLegacyInvocation } from '../../commands/legacy-flags.js';
import { exitCodes } from '../../src/errors/index.js';
import { FakeIo } from './io.js';

/** The words of a line of a shell: quotes are taken off, comments and redirections are left out. */
function words(command: string): string[] {
  const found = command.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  const comment = found.findIndex((word) => word.startsWith('#'));
  return (comment < 0 ? found : found.slice(0, comment))
    .map((word) => word.replace(/["']/g, ''))
    .filter((word, i, all) => !/^\d?>/.test(word) && !/^\d?>$/.test(all[i - 1] ?? ''));
}

/** The simple commands of a shell script: of pipes, lists and substitutions too. */
export function shellCommands(script: string): string[][] {
  const inner = [...script.matchAll(/\$\(([^)]*)\)/g)].map(([, command = '']) => command);
  return [...script.replace(/\$\([^)]*\)/g, 'SUBSTITUTED').split('\n'), ...inner]
    .join('\n')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .flatMap((line) => line.replace(/^\$ /, '').split(/&&|\|\|?|;/))
    .map(words)
    .map((all) => all.slice(all.findIndex((word) => !/^[A-Z_][A-Z0-9_]*=/.test(word))))
    .filter((all) => all.length > 0);
}

/** The arguments of the calls of the tool among such commands. */
export function toolCalls(commands: readonly (readonly string[])[]): string[][] {
  return commands.flatMap((all) => {
    const at = all.findIndex((word) => /(^|\/)tmi-dbtool$/.test(word));
    const before = all.slice(0, Math.max(at, 0));
    return at < 0 || before.some((word) => !/^(npx|--yes|--no-install|exec|sudo)$/.test(word))
      ? []
      : [all.slice(at + 1)];
  });
}

async function define(name: string): Promise<Command> {
  const entry = commandEntries.find((candidate) => candidate.name === name);
  if (!entry) throw new Error(`No command ${name}.`);
  const command = addGlobalOptions(
    new Command(name).exitOverride().configureOutput({ writeErr: () => undefined }),
  );
  (await entry.load()).define(command, new FakeIo(), () => undefined, program);
  return command.action(() => undefined);
}

/** The command that the arguments call, and the arguments without its words. */
function called(args: readonly string[]): { name: string; rest: string[] } | undefined {
  const ends = args.indexOf('--');
  const own = ends < 0 ? args : args.slice(0, ends);
  for (const { name } of [...commandEntries].sort((a, b) => b.name.length - a.name.length)) {
    const parts = name.split(' ');
    const at = own.findIndex((_, i) => parts.every((part, j) => own[i + j] === part));
    // Only options of the program and their values may stand before it.
    if (at < 0 || (at > 0 && !own[0]?.startsWith('-'))) continue;
    return { name, rest: [...args.slice(0, at), ...args.slice(at + parts.length)] };
  }
  return undefined;
}

/** Whether a text stands for a value that the reader fills in: `FILE`, `F`, `<file>`. */
const isPlaceholder = (text: string): boolean => /^([A-Z][A-Z_]*|<.+>|…)$/.test(text);

/** With each value of a closed list that is only named (`--format F`) replaced by one of the list. */
function filledIn(args: readonly string[], options: readonly Option[]): string[] {
  return args.map((arg, i) => {
    const option = options.find(({ long, short }) => [long, short].includes(args[i - 1] ?? ''));
    return option?.argChoices && isPlaceholder(arg) ? (option.argChoices[0] as string) : arg;
  });
}

/**
 * Why the tool would not take a command line, or undefined when it takes it. Nothing is carried out.
 * @param complete false for a command in prose, whose arguments may be missing
 */
export async function whyRefused(args: readonly string[], complete: boolean): Promise<string | undefined> {
  if (args.length === 0 || ['--version', '--help', '-V'].includes(args[0] ?? '')) return undefined;
  if (isLegacyInvocation(args)) {
    const io = new FakeIo({ cwd: '/nowhere' });
    return (await runLegacyInvocation(args, io)) === exitCodes.usage.code ? io.err : undefined;
  }
  if (!complete && args.length === 1 && Object.hasOwn(commandGroups, args[0] ?? '')) return undefined;
  const call = called(args);
  if (!call) return `no such command: ${args.join(' ')}`;
  const command = await define(call.name);
  // Of alternatives (`settings|data`) each one is tried.
  const alternatives = Math.max(1, ...call.rest.map((word) => word.split('|').length));
  for (let i = 0; i < alternatives; i += 1) {
    const chosen = call.rest.map((word) => word.split('|')[i] ?? (word.split('|')[0] as string));
    try {
      await command.parseAsync(filledIn(chosen, command.options), { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (error.code === 'commander.helpDisplayed') continue;
      if (!complete && error.code.startsWith('commander.missing')) continue;
      return `${call.name}: ${error.message}`;
    }
  }
  return undefined;
}

/** Why no command has an option that stands alone in prose, with or without a value; undefined when one has. */
export async function whyNoSuchOption(text: string): Promise<string | undefined> {
  const [name = '', value] = text.split(/[ =]/);
  const historical = [
    '--import-legacy',
    '--import-config',
    '--export-config',
    '--no-decrypt',
    '-l',
    '-c',
    '-f',
  ];
  if (['--version', '--help', ...historical].includes(name)) return undefined;
  const all = await Promise.all(commandEntries.map(async (entry) => define(entry.name)));
  const options = all
    .flatMap((command) => command.options)
    .filter(({ long, short }) => [long, short].includes(name));
  if (options.length === 0) return `no command has the option ${name}`;
  const fits = options.some(
    ({ argChoices }) =>
      value === undefined || !argChoices || isPlaceholder(value) || argChoices.includes(value),
  );
  return fits ? undefined : `no command takes ${text}`;
}
