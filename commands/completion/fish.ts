import {
  listVariable,
  nextWords,
  valueOptions,
  wordLists,
  type Candidates,
  type CompletedCommand,
  type CompletionModel,
} from './model.js';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Arguments of `complete` that offer candidates. */
function offer(candidates: Candidates): string {
  if (candidates === 'file') return '-F';
  if (candidates === 'anything') return '';
  if ('fileOr' in candidates) return `-F -a ${quoted(candidates.fileOr.join(' '))}`;
  return 'list' in candidates
    ? `-a "$${listVariable(candidates.list)}"`
    : `-a ${quoted(candidates.join(' '))}`;
}

const when = (command: string): string => `-n ${quoted(`test (__tmi_dbtool_command) = "${command}"`)}`;

function optionLines(command: CompletedCommand): string[] {
  return command.options.map(({ names, description, value }) => {
    const condition = command.name === '' ? '' : ` ${when(command.name)}`;
    const flags = names.map((name) =>
      name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
    );
    const takes = value === undefined ? '' : value === 'file' ? ' -r -F' : ` -x ${offer(value)}`;
    return `complete -c tmi-dbtool${condition} ${flags.join(' ')}${takes} -d ${quoted(description)}`.trimEnd();
  });
}

/** The script for fish 3 and later. It starts no program. */
export function fishScript(model: CompletionModel): string {
  const { program, commands, groups, lists } = model;
  const names = [...Object.keys(groups), ...commands.map(({ name }) => name)];
  const words = ['', ...Object.keys(groups)].flatMap((group) =>
    nextWords(model, group).map(
      ({ word, summary }) => `complete -c tmi-dbtool ${when(group)} -a ${word} -d ${quoted(summary)}`,
    ),
  );
  const argumentLines = commands.flatMap(({ name, argument }) => {
    const offered = offer(argument);
    const none =
      typeof argument !== 'string' &&
      !('list' in argument) &&
      !('fileOr' in argument) &&
      argument.length === 0;
    return offered === '' || none ? [] : [`complete -c tmi-dbtool ${when(name)} ${offered}`];
  });
  return `# Completion of tmi-dbtool for fish.  tmi-dbtool completion fish | source
${wordLists.map((list) => `set -g ${listVariable(list)} ${lists[list].join(' ')}`).join('\n')}

function __tmi_dbtool_command
    set -l command ''
    set -l before ''
    for word in (commandline -opc)[2..-1]
        if contains -- "$before" ${valueOptions(model).join(' ')}
            set before ''
            continue
        end
        set before $word
        set -l longer (string trim -- "$command $word")
        if contains -- "$longer" ${names.map(quoted).join(' ')}
            set command $longer
        end
    end
    echo "$command"
end

complete -c tmi-dbtool -f
${[...words, ...[...commands, program].flatMap(optionLines), ...argumentLines].join('\n')}
`;
}
