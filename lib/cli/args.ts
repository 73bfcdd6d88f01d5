import { type ParseArgsConfig, parseArgs } from 'node:util'
import { type Problem, UsageError } from '../errors.ts'
import { near } from '../inventory/near.ts'
import { notYet, type Options, optionList, optionsSchema, verbsNotYet } from './options.ts'

type Option = (typeof optionList)[number]

const USAGE = 'tsx run PLAYBOOK -i NAME [options]; --help says more.'

const config: NonNullable<ParseArgsConfig['options']> = Object.fromEntries([
  ...optionList.map(({ name, short, value }) => [
    name,
    { type: value ? 'string' : 'boolean', multiple: true, ...(short && { short }) },
  ]),
  ...optionList.filter(({ negatable }) => negatable).map(({ name }) => [`no-${name}`, { type: 'boolean' }]),
  ...Object.entries(notYet).map(([name, { value, short }]) => [
    name,
    { type: value ? 'string' : 'boolean', ...(short && { short }) },
  ]),
])

interface Token {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
}

/** What is wrong with an option as it stands, before its value is looked at. */
const mistake = ({ name, rawName, value }: Token, option: Option | undefined): Problem | undefined => {
  if (name in notYet) return { message: `${rawName} is not there yet` }
  if (!(name in config)) {
    const close = near(name, Object.keys(config)).map(one => `--${one}`)
    return {
      message: `unknown option ${rawName}`,
      hint:
        close.length && rawName.startsWith('--') ? `Did you mean ${close.join(' or ')}?` : '--help lists the options.',
    }
  }
  if (!option?.value)
    return value === undefined ? undefined : { message: `${rawName} takes no value; got ${JSON.stringify(value)}` }
  if (
    value === undefined ||
    value === '' ||
    (value.startsWith('-') && `--${value.replace(/^-+/, '').split('=')[0]}` in dashed)
  )
    return { message: `${rawName} needs a value: ${rawName} ${option.value}` }
  return undefined
}

const dashed: Readonly<Record<string, true>> = Object.fromEntries(
  optionList.flatMap(({ name, short }) => [
    [`--${name}`, true as const],
    ...(short ? [[`--${short}`, true as const]] : []),
  ]),
)

/** The options of an argv without node and script. Throws UsageError with everything that is wrong. */
export const parseOptions = (argv: readonly string[]): Options => {
  const problems: Problem[] = []
  const raw: Record<string, unknown> = {}
  const given: string[] = []
  const { tokens } = parseArgs({
    args: [...argv],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  for (const token of tokens) {
    if (token.kind === 'positional') given.push(token.value)
    if (token.kind !== 'option') continue
    const option = optionList.find(
      ({ name, negatable }) => name === token.name || (negatable && `no-${name}` === token.name),
    )
    const problem = mistake(token, option)
    if (problem || !option) {
      if (problem) problems.push(problem)
      continue
    }
    const { key, name, repeatable, counts, value } = option
    const before = raw[key]
    if (repeatable) raw[key] = [...((before as string[] | undefined) ?? []), token.value]
    else if (counts) raw[key] = ((before as number | undefined) ?? 0) + 1
    else {
      const now = value ? token.value : token.name === name
      if (before !== undefined && before !== now)
        problems.push({ message: value ? `--${name} is given twice` : `--${name} and --no-${name} exclude each other` })
      raw[key] = now
    }
  }
  const [playbook = '', ...more] = given
  if (verbsNotYet.includes(playbook)) throw new UsageError([{ message: `${playbook} is not there yet` }])
  const parsed = optionsSchema.safeParse({ ...raw, playbook })
  if (parsed.success && !problems.length && (parsed.data.help || parsed.data.version)) return parsed.data
  // What stands behind an unknown option may be its value, so it is not called a second playbook.
  if (more.length && !problems.length)
    problems.push({ message: `one PLAYBOOK at a time; got ${given.join(' ')}`, hint: USAGE })
  if (!playbook && !problems.length)
    problems.push({ message: 'which playbook? There is none among the arguments', hint: USAGE })
  if (!raw.inventory && !problems.length)
    problems.push({
      message: 'which inventory? -i is missing',
      hint: 'Add -i NAME for inventories/NAME.yml, or -i PATH.',
    })
  for (const { path, message } of parsed.success ? [] : parsed.error.issues) {
    const option = optionList.find(({ key }) => key === path[0])
    problems.push({ message: `--${option?.name} ${message}; got ${JSON.stringify(raw[String(path[0])])}` })
  }
  if (!parsed.success || problems.length) throw new UsageError(problems)
  return parsed.data
}
