import {
  listVariable,
  nextWords,
  valueOptions,
  wordLists,
  type Candidates,
  type CompletedCommand,
  type CompletionModel,
} from './model.js';

/** Inside of single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** A word with its description; a colon ends the word. */
const described = (word: string, text: string): string => quoted(`${word.replaceAll(':', '\\:')}:${text}`);

function reply(candidates: Candidates): string {
  if (candidates === 'file') return '_files';
  if (candidates === 'anything') return "_message 'value'";
  if ('fileOr' in candidates) return `_files; compadd -- ${candidates.fileOr.map(quoted).join(' ')}`;
  if ('list' in candidates) return `compadd -a ${listVariable(candidates.list)}`;
  return candidates.length === 0 ? ':' : `compadd -- ${candidates.map(quoted).join(' ')}`;
}

function optionValues({ name, options }: CompletedCommand): string[] {
  return options.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    const patterns = names.map((option) => (name === '' ? `*:${option}` : `${quoted(name)}:${option}`));
    return [`    ${patterns.join('|')}) ${reply(value)}; return ;;`];
  });
}

function optionNames({ options }: CompletedCommand): string {
  return options
    .flatMap(({ names, description }) =>
      names.flatMap((option) => (option.startsWith('--') ? [described(option, description)] : [])),
    )
    .join(' ');
}

/** The script for zsh 5 and later. It starts no program. */
export function zshScript(model: CompletionModel): string {
  const { program, commands, groups, lists } = model;
  const names = [...Object.keys(groups), ...commands.map(({ name }) => name)];
  return `#compdef tmi-dbtool
# Completion of tmi-dbtool for zsh.  source <(tmi-dbtool completion zsh), or save it as _tmi-dbtool in a folder of $fpath.
${wordLists.map((list) => `typeset -ga ${listVariable(list)}=(${lists[list].join(' ')})`).join('\n')}

_tmi_dbtool() {
  local cur=\${words[CURRENT]} prev=\${words[CURRENT-1]} command='' word before='' i
  local -a offered
  if [[ $cur == --*=* ]]; then prev=\${cur%%=*}; compset -P '*='; cur=''; fi
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    case $before in ${valueOptions(model).join('|')}) before=''; continue ;; esac
    before=$word
    case "\${command:+$command }$word" in
      ${names.map(quoted).join('|')}) command="\${command:+$command }$word" ;;
    esac
  done
  case "$command:$prev" in
${[...commands, program].flatMap(optionValues).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    offered=(${optionNames(program)})
    case $command in
${commands.map((command) => `      ${quoted(command.name)}) offered+=(${optionNames(command)}) ;;`).join('\n')}
    esac
    _describe option offered
    return
  fi
  case $command in
${['', ...Object.keys(groups)]
  .map((group) => {
    const words = nextWords(model, group).map(({ word, summary }) => described(word, summary));
    return `    ${quoted(group)}) offered=(${words.join(' ')}); _describe command offered ;;`;
  })
  .join('\n')}
${commands.map(({ name, argument }) => `    ${quoted(name)}) ${reply(argument)} ;;`).join('\n')}
  esac
}
compdef _tmi_dbtool tmi-dbtool
`;
}
