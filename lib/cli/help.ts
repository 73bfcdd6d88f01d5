import type { Option } from './flags.ts'
import { optionList } from './options.ts'
import { verbs } from './verbs.ts'

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

const valuePart = ({ value, optionalValue }: Option): string =>
  value === undefined ? '' : optionalValue ? `[=${value}]` : ` ${value}`

const left = (option: Option): string => {
  const { name, short, negatable } = option
  return `${short ? `-${short}, ` : '    '}--${negatable ? '[no-]' : ''}${name}${valuePart(option)}`
}

const aboutOf = ({ about, value, default: byDefault }: Option): string =>
  value && byDefault !== undefined && !Array.isArray(byDefault) ? `${about} (${String(byDefault)})` : about

/** The options, group by group, from the schema that also reads them. */
export const optionsHelp = (options: readonly Option[]): readonly string[] => {
  const indent = 4 + Math.max(...options.map(option => left(option).length))
  return [...new Set(options.map(({ group }) => group))].map(group => {
    const lines = options
      .filter(option => option.group === group)
      .map(option => `  ${left(option).padEnd(indent - 2)}${wrap(aboutOf(option), indent)}`)
    return [group, ...lines].join('\n')
  })
}

const verbsHelp = (): string => {
  const width = Math.max(...verbs.map(({ name }) => name.length))
  return ['Instead of a playbook', ...verbs.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`)].join('\n')
}

const EXIT_CODES = `Exit codes
  0    done; in check mode: planned
  1    wrong arguments, inventory or playbook. No host was touched
  2    a task failed, or a file that was asked for could not be written
  3    --expect-no-changes, and there are changes
  4    a host was unreachable, or its state is unknown
  5    refused by a guard
  130  interrupted`

/** The text of --help. */
export const help = (): string =>
  ['Usage: tsx run PLAYBOOK -i NAME [options]', ...optionsHelp(optionList), verbsHelp(), EXIT_CODES].join('\n\n')

/** The text of a verb's --help. */
export const verbHelp = (name: string, more: readonly string[] = []): string => {
  const { usage, about, options } = verbs.find(verb => verb.name === name)!
  const about_ = `${about[0]?.toUpperCase()}${about.slice(1)}.`
  return [`Usage: ${usage}`, about_, ...(options.length ? optionsHelp(options) : []), ...more].join('\n\n')
}
