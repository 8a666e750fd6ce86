import { Command, type Option } from 'commander';
import { exitCodes } from '../../src/errors/index.js';
import type { CommandEntry, Program } from '../command.js';
import { addGlobalOptions } from '../global-options.js';
import { programExamples } from '../help.js';
import type { Io } from '../io.js';
import { bold, paragraph, roffText, section, tagged, verbatim } from './roff.js';

/** The texts that a command adds to its help, as `addHelpText` keeps them: prose and a list of examples. */
function textsAfter(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  const help = command.createHelp().formatHelp(command, command.createHelp());
  return text.slice(text.indexOf(help.trimEnd()) + help.trimEnd().length).trim();
}

/** Prose in paragraphs, examples as they are typed. */
function bodyOf(text: string): string {
  const [prose = '', examples] = text.split(/^Examples:\n/m);
  const paragraphs = prose.trim() === '' ? [] : prose.trim().split(/\n\s*\n/);
  return [
    ...(paragraphs.length > 0 ? [section('NOTES'), ...paragraphs.map((text) => paragraph(text))] : []),
    ...(examples === undefined ? [] : [section('EXAMPLES'), verbatim(examples)]),
  ].join('');
}

const choicesOf = ({ argChoices }: Option): string =>
  argChoices === undefined ? '' : ` One of: ${argChoices.join(', ')}.`;

const optionsOf = (options: readonly Option[]): string =>
  options
    .filter(({ hidden }) => !hidden)
    .map((option) => tagged(bold(option.flags), `${option.description}.${choicesOf(option)}`))
    .join('');

const exitStatus = (): string =>
  section('EXIT STATUS') +
  Object.values(exitCodes)
    .map(({ code, meaning }) => tagged(bold(String(code)), `${meaning}.`))
    .join('') +
  tagged(bold('128+n'), 'ended by signal n.');

const pageName = (name: string): string => `tmi-dbtool-${name.replaceAll(' ', '-')}`;

function heading(name: string, version: string): string {
  return `.TH ${name.toUpperCase()} 1 "" "tmi-dbtool ${roffText(version)}" "TMI operations"\n`;
}

const named = (name: string, summary: string): string =>
  `${section('NAME')}${roffText(name)} \\- ${roffText(summary)}\n`;

async function pageOf(entry: CommandEntry, program: Program, io: Io, version: string): Promise<string> {
  const command = new Command(`tmi-dbtool ${entry.name}`);
  (await entry.load()).define(command, io, () => undefined, program);
  const usage = command.createHelp().commandUsage(command);
  const args = command.registeredArguments.map((argument) =>
    tagged(bold(argument.name()), `${argument.description}.`),
  );
  return [
    heading(pageName(entry.name), version),
    named(pageName(entry.name), entry.summary),
    section('SYNOPSIS'),
    verbatim(usage),
    ...(entry.alias === undefined
      ? []
      : [paragraph(`The last word may be written ${bold(entry.alias)}.`, { raw: true })]),
    ...(args.length > 0 ? [section('ARGUMENTS'), ...args] : []),
    section('OPTIONS'),
    optionsOf(command.options),
    optionsOf(addGlobalOptions(new Command()).options),
    bodyOf(textsAfter(command)),
    exitStatus(),
    section('SEE ALSO'),
    `.BR tmi-dbtool (1)\n`,
  ].join('');
}

function programPage({ entries }: Program, version: string): string {
  return [
    heading('tmi-dbtool', version),
    named('tmi-dbtool', 'operations toolkit for TMI servers'),
    section('SYNOPSIS'),
    verbatim('tmi-dbtool [options] [command]'),
    section('COMMANDS'),
    ...entries.map(({ name, summary }) => tagged(bold(name), `${summary}. See ${pageName(name)}(1).`)),
    section('OPTIONS'),
    optionsOf(addGlobalOptions(new Command()).options),
    section('EXAMPLES'),
    verbatim(programExamples.replace(/^\s*Examples:\n/, '')),
    exitStatus(),
  ].join('');
}

/**
 * The manual: one page for the program and one for each command, made of what the help is made of.
 * @returns file names such as `tmi-dbtool-db-backup.1`, and their text in roff
 */
export async function manPages(program: Program, io: Io, version: string): Promise<Map<string, string>> {
  const pages = await Promise.all(
    program.entries.map(async (entry): Promise<[string, string]> => [
      `${pageName(entry.name)}.1`,
      await pageOf(entry, program, io, version),
    ]),
  );
  return new Map([['tmi-dbtool.1', programPage(program, version)], ...pages]);
}
