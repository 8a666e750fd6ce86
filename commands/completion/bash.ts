import {
  listVariable,
  nextWords,
  valueOptions,
  wordLists,
  type Candidates,
  type CompletedCommand,
  type CompletionModel,
} from './model.js';

function reply(candidates: Candidates): string {
  if (candidates === 'file') return '_tmi_dbtool_files "$cur"';
  if (candidates === 'anything') return ':';
  if ('fileOr' in candidates) return `_tmi_dbtool_files_or "$cur" "${candidates.fileOr.join(' ')}"`;
  const words = 'list' in candidates ? `$${listVariable(candidates.list)}` : candidates.join(' ');
  return words === '' ? ':' : `_tmi_dbtool_words "$cur" "${words}"`;
}

function optionValues({ name, options }: CompletedCommand): string[] {
  return options.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    const patterns = names.map((option) => (name === '' ? `*:${option}` : `"${name}":${option}`));
    return [`    ${patterns.join('|')}) ${reply(value)}; return ;;`];
  });
}

function optionNames({ options }: CompletedCommand): string {
  return options.flatMap(({ names }) => names.filter((option) => option.startsWith('--'))).join(' ');
}

/** The script for bash 4 and later. It starts no program: everything that it offers is written into it. */
export function bashScript(model: CompletionModel): string {
  const { program, commands, groups, lists } = model;
  const names = [...Object.keys(groups), ...commands.map(({ name }) => name)];
  return `# Completion of tmi-dbtool for bash.  source <(tmi-dbtool completion bash)
${wordLists.map((list) => `${listVariable(list)}='${lists[list].join(' ')}'`).join('\n')}

_tmi_dbtool_words() { mapfile -t COMPREPLY < <(compgen -W "$2" -- "$1"); }
_tmi_dbtool_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$1"); }

_tmi_dbtool_files_or() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -W "$2" -- "$1"; compgen -f -- "$1")
}

_tmi_dbtool() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command='' word before='' i
  COMPREPLY=()
  # bash takes --option=value apart at the equals sign.
  if [[ $cur == '=' ]]; then cur=''; elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $before in ${valueOptions(model).join('|')}) before=''; continue ;; esac
    before=$word
    case "\${command:+$command }$word" in
      ${names.map((name) => `"${name}"`).join('|')}) command="\${command:+$command }$word" ;;
    esac
  done
  case "$command:$prev" in
${[...commands, program].flatMap(optionValues).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case $command in
${commands.map((command) => `      "${command.name}") _tmi_dbtool_words "$cur" "${optionNames(command)} ${optionNames(program)}" ;;`).join('\n')}
      *) _tmi_dbtool_words "$cur" "${optionNames(program)} --version" ;;
    esac
    return
  fi
  case $command in
${['', ...Object.keys(groups)].map((group) => `    "${group}") ${reply(nextWords(model, group).map(({ word }) => word))} ;;`).join('\n')}
${commands.map(({ name, argument }) => `    "${name}") ${reply(argument)} ;;`).join('\n')}
  esac
}
complete -F _tmi_dbtool tmi-dbtool
`;
}
