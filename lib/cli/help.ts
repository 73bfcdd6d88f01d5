import { optionList } from './options.ts'

const WIDTH = 100

const wrap = (text: string, indent: number): string => {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!
    if (last && indent + last.length + word.length + 1 > WIDTH) lines.push(word)
    else lines[lines.length - 1] = last ? `${last} ${word}` : word
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}

const left = ({ name, short, value, negatable }: (typeof optionList)[number]): string =>
  `${short ? `-${short}, ` : '    '}--${negatable ? '[no-]' : ''}${name}${value ? ` ${value}` : ''}`

const EXIT_CODES = `Exit codes
  0    done; in check mode: planned
  1    wrong arguments, inventory or playbook. No host was touched
  2    a task failed
  3    --expect-no-changes, and there are changes
  4    a host was unreachable, or its state is unknown
  5    refused by a guard
  130  interrupted`

/** The text of --help, from the same schema that reads the options. */
export const help = (): string => {
  const indent = 4 + Math.max(...optionList.map(option => left(option).length))
  const groups = [...new Set(optionList.map(({ group }) => group))]
  const parts = groups.map(group => {
    const lines = optionList
      .filter(option => option.group === group)
      .map(option => {
        const shown = option.value && option.default !== undefined && !Array.isArray(option.default)
        const about = `${option.about}${shown ? ` (${String(option.default)})` : ''}`
        return `  ${left(option).padEnd(indent - 2)}${wrap(about, indent)}`
      })
    return [group, ...lines].join('\n')
  })
  return ['Usage: tsx run PLAYBOOK -i NAME [options]', ...parts, EXIT_CODES, ''].join('\n\n').trimEnd()
}
