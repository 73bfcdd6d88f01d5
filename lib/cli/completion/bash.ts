import type { Option } from '../flags.ts'
import { type Grammar, grammars, source, spellings, verbNames } from './grammar.ts'

const fills = (option: Option): string => {
  const from = source(option)
  if (typeof from === 'object')
    return 'one' in from ? `_baton_words "${from.one.join(' ')}"` : `_baton_list "${from.list.join(' ')}"`
  return {
    file: '_baton_files -f',
    folder: '_baton_files -d',
    inventory: '_baton_inventories',
    anything: '_baton_nothing',
  }[from]
}

const valueCases = ({ name, options }: Grammar): readonly string[] =>
  options
    .filter(({ value, optionalValue }) => value !== undefined && !optionalValue)
    .map(
      option =>
        `    ${spellings(option)
          .map(word => `${name}:${word}`)
          .join(' | ')}) ${fills(option)}; return ;;`,
    )

const wordCases = ({ name, options, words }: Grammar): string => {
  const all = options.flatMap(option => [...spellings(option), ...(option.optionalValue ? [`--${option.name}=`] : [])])
  const rest = { files: '_baton_files -f', playbooks: '_baton_playbooks', anything: '_baton_nothing' }
  const filled = typeof words === 'string' ? rest[words] : `_baton_words "${words.join(' ')}"`
  return `    ${name}) if [[ $cur == -* ]]; then _baton_words "${all.join(' ')}"; else ${filled}; fi ;;`
}

/** The script for bash, 3.2 or newer. bash-completion is not needed. */
export const bash = (): string => `# Completion for Baton in bash. Made by: tsx run completion bash
_baton_reply() {
  COMPREPLY=()
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done
}
_baton_words() {
  _baton_reply < <(compgen -W "$1" -- "$cur")
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  _baton_nothing
}
_baton_list() {
  local head=
  [[ $cur == *,* ]] && head=\${cur%,*},
  _baton_reply < <(compgen -P "$head" -W "$1" -- "\${cur##*,}")
  _baton_nothing
}
_baton_files() {
  compopt -o filenames 2>/dev/null
  _baton_reply < <(compgen "$1" -- "$cur")
}
# What the shell itself would offer, files, does not fit here.
_baton_nothing() { compopt +o default +o bashdefault 2>/dev/null; }
_baton_inventories() {
  local path name
  if [[ $cur == */* ]]; then _baton_files -f; return; fi
  for path in inventories/*; do
    name=\${path##*/}
    case $name in group_vars | host_vars | '*') continue ;; *.yml | *.yaml) name=\${name%.*} ;; esac
    [[ $name == "$cur"* ]] && COMPREPLY+=("$name")
  done
}
_baton_playbooks() {
  local path
  for path in playbooks/*.ts; do
    case $path in *'*'* | *.vars.ts) continue ;; esac
    [[ $path == "$cur"* ]] && COMPREPLY+=("$path")
  done
  [[ \${#COMPREPLY[@]} -gt 0 ]] || _baton_files -f
}
_baton() {
  COMPREPLY=()
  local first=1 cur=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} i
  if [[ \${COMP_WORDS[0]##*/} == tsx ]]; then
    case \${COMP_WORDS[1]-} in run | run.ts | */run | */run.ts) first=2 ;; *) return ;; esac
    [[ $COMP_CWORD -ge 2 ]] || return
  fi
  for ((i = first; i < COMP_CWORD; i++)); do [[ \${COMP_WORDS[i]} == -- ]] && return; done
  # A pattern with colons is several words to bash.
  if [[ $cur == : || $before == : ]]; then _baton_nothing; return; fi
  # To bash, --output=json is three words.
  local joined=
  if [[ $cur == = ]]; then cur= joined==
  elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD - 2]} joined==
  fi
  local verb=run
  if [[ $COMP_CWORD -gt $first ]]; then
    case \${COMP_WORDS[first]} in ${verbNames.join(' | ')}) verb=\${COMP_WORDS[first]} ;; esac
  fi
  case $verb:$before in
${grammars.flatMap(valueCases).join('\n')}
  esac
  case $verb:$before$joined in
    ${grammars
      .flatMap(({ name, options }) => options.filter(o => o.optionalValue).map(o => `${name}:--${o.name}=`))
      .join(' | ')}) _baton_nothing; return ;;
  esac
  if [[ $COMP_CWORD -eq $first && $cur != -* ]]; then
    _baton_words "${verbNames.join(' ')}"
    _baton_playbooks
    return
  fi
  case $verb in
${grammars.map(wordCases).join('\n')}
  esac
}
complete -o bashdefault -o default -F _baton tsx baton
`
