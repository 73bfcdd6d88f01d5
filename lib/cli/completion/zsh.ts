import type { Option } from '../flags.ts'
import { verbs } from '../verbs.ts'
import { brief, type Grammar, grammars, source, spellings, verbNames } from './grammar.ts'

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** As it may stand in a description of _arguments. */
const plain = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&')

const fills = (option: Option): string => {
  const from = source(option)
  if (typeof from === 'object')
    return 'one' in from ? `(${from.one.join(' ')})` : `_sequence compadd - ${from.list.join(' ')}`
  return { file: '_files', folder: '_files -/', inventory: '_baton_inventories', anything: ' ' }[from]
}

/** zshcompsys(1), _arguments: https://zsh.sourceforge.io/Doc/Release/Completion-System.html */
const specs = (option: Option): readonly string[] => {
  const { value, optionalValue, repeatable, counts } = option
  const about = `[${plain(brief(option))}]`
  const rest = value === undefined ? '' : `${optionalValue ? '::' : ':'}${plain(value)}:${fills(option)}`
  const words = spellings(option)
  const alone = repeatable || counts ? '*' : words.length > 1 ? `(${words.join(' ')})` : ''
  return words.map(word => {
    const joined = value !== undefined && word.startsWith('--') ? (optionalValue ? '=-' : '=') : ''
    return quote(`${alone}${word}${joined}${about}${rest}`)
  })
}

const positional = ({ words }: Grammar): readonly string[] => {
  if (words === 'playbooks') return [quote('*:playbook:_baton_playbooks')]
  if (words === 'files') return [quote('*:file:_files')]
  return typeof words === 'string' ? [] : [quote(`1:what:(${words.join(' ')})`)]
}

const branch = (grammar: Grammar): string => {
  const all = [...grammar.options.flatMap(specs), ...positional(grammar)]
  return `    ${grammar.name === 'run' ? '*' : grammar.name}) _arguments -s -S ${all.join(' \\\n      ')} ;;`
}

const described = verbs.map(({ name, about }) => quote(`${name}:${plain(about)}`)).join(' ')

/** The script for zsh, to be sourced behind compinit. */
export const zsh = (): string => `# Completion for Baton in zsh. Made by: tsx run completion zsh
_baton_inventories() {
  local -a names
  names=(inventories/*(N:t))
  names=(\${names:#(group_vars|host_vars)})
  compadd -- \${names/%.(yml|yaml)/} || _files
}
_baton_playbooks() {
  local -a books
  books=(playbooks/*.ts(N))
  compadd -- \${books:#*.vars.ts} || _files -g '*.ts'
}
_baton() {
  local -a verbs
  verbs=(${described})
  if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
    _describe -t verbs verb verbs
    _baton_playbooks
    return
  fi
  local verb=$words[2]
  case $verb in
    ${verbNames.join(' | ')}) words=("$words[1]" "\${(@)words[3,-1]}"); (( CURRENT-- )) ;;
  esac
  case $verb in
${[...grammars.slice(1), grammars[0]!].map(branch).join('\n')}
  esac
}
_baton_tsx() {
  case $words[2] in
    run | run.ts | */run | */run.ts)
      if (( CURRENT > 2 )); then
        words=(baton "\${(@)words[3,-1]}"); (( CURRENT-- ))
        _baton
        return
      fi ;;
  esac
  _files
}
compdef _baton baton
compdef _baton_tsx tsx
`
