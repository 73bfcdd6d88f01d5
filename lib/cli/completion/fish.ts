import type { Option } from '../flags.ts'
import { verbs } from '../verbs.ts'
import { brief, type Grammar, grammars, source, verbNames } from './grammar.ts'

const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`

const fills = (option: Option): string => {
  const from = source(option)
  if (typeof from === 'object')
    return 'one' in from
      ? `-x -a ${quote(from.one.join(' '))}`
      : `-x -a ${quote(`(__baton_list ${from.list.join(' ')})`)}`
  return {
    file: '-r -F',
    folder: `-x -a ${quote('(__fish_complete_directories)')}`,
    inventory: `-x -a ${quote('(__baton_inventories)')}`,
    anything: '-x',
  }[from]
}

/** complete(1): https://fishshell.com/docs/current/cmds/complete.html */
const optionLines = (verb: string, option: Option): readonly string[] => {
  const { name, short, value, optionalValue, negatable } = option
  const start = `complete -c $program -n '__baton_is ${verb}'`
  const about = `-d ${quote(brief(option))}`
  const one = `${start}${short ? ` -s ${short}` : ''} -l ${name} ${value === undefined || optionalValue ? '-f' : fills(option)} ${about}`
  return negatable ? [one, `${start} -l no-${name} -f ${about}`] : [one]
}

const wordLines = ({ name, words }: Grammar): readonly string[] => {
  const start = `complete -c $program -n '__baton_is ${name}'`
  if (words === 'files') return [`${start} -F`]
  if (words === 'playbooks') return [`${start} -f -a '(__baton_playbooks)'`]
  return [words === 'anything' ? `${start} -f` : `${start} -f -a ${quote(words.join(' '))}`]
}

const verbLine = ({ name, about }: (typeof verbs)[number]): string =>
  `complete -c $program -n __baton_is_first -f -a ${name} -d ${quote(about)}`

/** The script for fish, 3.1 or newer. */
export const fish = (): string => `# Completion for Baton in fish. Made by: tsx run completion fish
function __baton_given
    set -l given (commandline -opc)
    switch (string replace -r '.*/' '' -- $given[1])
        case tsx
            string match -qr '(^|/)run(\\.ts)?$' -- "$given[2]"; or return 1
            set -e given[1..2]
        case '*'
            set -e given[1]
    end
    contains -- -- $given; and return 1
    test (count $given) -gt 0; and printf '%s\\n' $given
    return 0
end
function __baton_is_first
    set -l given (__baton_given); or return 1
    test (count $given) -eq 0
end
function __baton_is
    set -l given (__baton_given); or return 1
    set -l verb run
    contains -- "$given[1]" ${verbNames.join(' ')}; and set verb $given[1]
    test "$verb" = $argv[1]
end
function __baton_inventories
    for path in inventories/*
        set -l name (string replace -r '.*/' '' -- $path)
        contains -- $name group_vars host_vars; or string replace -r '\\.ya?ml$' '' -- $name
    end
    string match -q '*/*' -- (commandline -ct); and __fish_complete_path (commandline -ct)
end
function __baton_playbooks
    set -l books (string match -v '*.vars.ts' -- playbooks/*.ts)
    set -l begun (string escape --style=regex -- (commandline -ct))
    string match -qr "^$begun" -- $books; and printf '%s\\n' $books; and return
    string match -q '*/*' -- (commandline -ct); and __fish_complete_path (commandline -ct)
end
function __baton_list
    set -l head (string match -r '.*,' -- (commandline -ct))
    printf '%s\\n' $head$argv
end
for program in tsx baton
    complete -c $program -e
${[
  ...verbs.map(verbLine),
  ...grammars.flatMap(grammar => [
    ...wordLines(grammar),
    ...grammar.options.flatMap(option => optionLines(grammar.name, option)),
  ]),
]
  .map(line => `    ${line}`)
  .join('\n')}
end
`
