import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { z } from 'zod'
import { type Problem, UsageError } from '../errors.ts'
import { near } from '../inventory/near.ts'
import type { Option } from './flags.ts'

/** A word of the command line that is no option. */
export interface Word {
  readonly text: string
  /** The name of the option that stands right before it without the value that it may have. */
  readonly behind?: string
}

/** An argv, read by a list of options and not yet checked by their schema. */
export interface Given {
  /** By key; an option that was not given is not there. */
  readonly raw: Readonly<Record<string, unknown>>
  readonly words: readonly Word[]
  /** What stands behind `--`; undefined without it. */
  readonly rest: readonly string[] | undefined
  readonly problems: readonly Problem[]
}

interface Token {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
}

const takesNextWord = ({ value, optionalValue }: Option): boolean => value !== undefined && !optionalValue

const configOf = (options: readonly Option[]): NonNullable<ParseArgsConfig['options']> =>
  Object.fromEntries([
    ...options.map(option => [
      option.name,
      {
        type: takesNextWord(option) ? 'string' : 'boolean',
        multiple: true,
        ...(option.short && { short: option.short }),
      },
    ]),
    ...options.filter(({ negatable }) => negatable).map(({ name }) => [`no-${name}`, { type: 'boolean' }]),
  ])

/** `--limit --check`: the value was forgotten, not meant to be `--check`. */
const isOption = (text: string, options: readonly Option[]): boolean => {
  const name = text.replace(/^-+/, '').split('=')[0]
  return text.startsWith('-') && options.some(option => option.name === name || option.short === name)
}

/** What is wrong with an option as it stands, before its value is looked at. */
const mistake = (
  { name, rawName, value }: Token,
  option: Option | undefined,
  options: readonly Option[],
  known: readonly string[],
): Problem | undefined => {
  if (!option) {
    const close = near(name, known).map(one => `--${one}`)
    return {
      message: `unknown option ${rawName}`,
      hint:
        close.length && rawName.startsWith('--') ? `Did you mean ${close.join(' or ')}?` : '--help lists the options.',
    }
  }
  if (!option.value)
    return value === undefined ? undefined : { message: `${rawName} takes no value; got ${JSON.stringify(value)}` }
  if (value === undefined && option.optionalValue) return undefined
  if (value === undefined || value === '' || isOption(value, options)) {
    const written = option.optionalValue ? `${rawName}=${option.value}` : `${rawName} ${option.value}`
    return { message: `${rawName} needs a value: ${written}` }
  }
  return undefined
}

/** Reads an argv without node and script. Throws nothing: what is wrong with options is among the problems. */
export const readFlags = (argv: readonly string[], options: readonly Option[]): Given => {
  const config = configOf(options)
  const problems: Problem[] = []
  const raw: Record<string, unknown> = {}
  const words: Word[] = []
  let rest: string[] | undefined
  let open: string | undefined
  const { tokens } = parseArgs({
    args: [...argv],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  for (const token of tokens) {
    const behind = open
    open = undefined
    if (token.kind === 'option-terminator') rest = []
    if (token.kind === 'positional') {
      if (rest) rest.push(token.value)
      else words.push({ text: token.value, ...(behind !== undefined && { behind }) })
    }
    if (token.kind !== 'option') continue
    const option = options.find(
      ({ name, negatable }) => name === token.name || (negatable && `no-${name}` === token.name),
    )
    const problem = mistake(token, option, options, Object.keys(config))
    if (problem || !option) {
      if (problem) problems.push(problem)
      continue
    }
    const { key, name, repeatable, counts, value, optionalValue } = option
    if (optionalValue && token.value === undefined) open = name
    const before = raw[key]
    if (repeatable) raw[key] = [...((before as string[] | undefined) ?? []), token.value]
    else if (counts) raw[key] = ((before as number | undefined) ?? 0) + 1
    else {
      const now = value ? (token.value ?? true) : token.name === name
      if (before !== undefined && before !== now)
        problems.push({ message: value ? `--${name} is given twice` : `--${name} and --no-${name} exclude each other` })
      raw[key] = now
    }
  }
  return { raw, words, rest, problems }
}

/**
 * Checks what was read with the options' schema. Throws one UsageError with `problems` and with everything that the schema
 * finds.
 */
export const checkFlags = <S extends z.ZodType>(
  schema: S,
  raw: Readonly<Record<string, unknown>>,
  options: readonly Option[],
  problems: readonly Problem[],
): z.output<S> => {
  const parsed = schema.safeParse(raw)
  const found = (parsed.error?.issues ?? []).map(({ path, message }) => {
    const option = options.find(({ key }) => key === path[0])
    return { message: `--${option?.name ?? String(path[0])} ${message}; got ${JSON.stringify(raw[String(path[0])])}` }
  })
  if (!parsed.success || problems.length) throw new UsageError([...problems, ...found])
  return parsed.data
}
