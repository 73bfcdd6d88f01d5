import { z } from 'zod'

/** What --help, the parser and shell completion know of an option beside its schema. */
export interface Flag {
  /** The heading of --help that it stands under. */
  readonly group: string
  readonly short?: string
  /** What the value is called in --help. Left out: a switch. */
  readonly value?: string
  /** The value may be left out, and then must be given as `--NAME=VALUE`: a word behind the option is never taken for it. */
  readonly optionalValue?: boolean
  /** `--no-NAME` is there too. */
  readonly negatable?: boolean
  /** Given again, it counts. */
  readonly counts?: boolean
  /** What shell completion offers as its value, where the schema does not list the values. */
  readonly completes?: 'file' | 'folder' | 'inventory' | readonly string[]
  readonly about: string
}

/** An option, with all that follows from its schema. */
export interface Option extends Flag {
  /** In the parsed options: `expectNoChanges`. */
  readonly key: string
  /** On the command line: `expect-no-changes`. */
  readonly name: string
  readonly repeatable: boolean
  /** The values, or words of a list, that are allowed, where they can be listed. */
  readonly choices: readonly string[]
  readonly default: unknown
}

const flags = z.registry<Flag>()

/** Makes a field of a schema an option of the command line. */
export const flag = <S extends z.ZodType>(schema: S, about: Flag): S => {
  flags.add(schema, about)
  return schema
}

/** Without what may stand around it: a default, `optional`, a transformation. */
const core = (schema: z.core.$ZodType): z.core.$ZodType => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return core(schema.unwrap())
  return schema instanceof z.ZodPipe ? core(schema.in) : schema
}

const choicesOf = (schema: z.core.$ZodType, { completes }: Flag): readonly string[] => {
  if (schema instanceof z.ZodEnum) return schema.options.map(String)
  return typeof completes === 'object' ? completes : []
}

/** The options of a schema, in the order in which it names them; fields that are no option are left out. */
export const optionsOf = (schema: z.ZodObject): readonly Option[] =>
  Object.entries(schema.shape).flatMap(([key, field]) => {
    const about = flags.get(field as z.ZodType)
    if (!about) return []
    const inner = core(field)
    return {
      ...about,
      key,
      name: key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`),
      repeatable: inner instanceof z.ZodArray,
      choices: choicesOf(inner, about),
      default: (field as z.ZodType).safeParse(undefined).data,
    }
  })

const wholeNumber = 'must be a whole number of at least 1'

/** A switch. */
export const on = () => z.boolean().default(false)

/** A whole number of at least 1. */
export const count = (byDefault: number) =>
  z.coerce.number(wholeNumber).int(wholeNumber).min(1, wholeNumber).default(byDefault)

/** Given several times, and each time a list with commas. */
export const commaList = () =>
  z
    .array(z.string().regex(/[^,\s]/, 'must name at least one'))
    .default([])
    .transform(given =>
      given
        .flatMap(text => text.split(','))
        .map(word => word.trim())
        .filter(Boolean),
    )
