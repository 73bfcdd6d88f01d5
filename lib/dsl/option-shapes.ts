import { suggest } from '../inventory/near.ts'

/** What is wrong with a value, in words that follow its name; undefined: nothing. No type is checked when a playbook runs. */
export type Shape = (value: unknown) => string | undefined

const shape =
  (words: string, fits: (value: unknown) => boolean): Shape =>
  value =>
    fits(value) ? undefined : words

const isText = (value: unknown): value is string => typeof value === 'string'
const isName = (value: unknown): boolean => isText(value) && value !== ''
const isBoolean = (value: unknown): boolean => typeof value === 'boolean'

export const anyText = shape('must be text', isText)
export const flag = shape('must be true or false', isBoolean)
export const number = shape('must be a number', value => typeof value === 'number')
export const condition = shape('must be true, false or a function', v => isBoolean(v) || typeof v === 'function')
export const predicate = shape('must be a function', value => typeof value === 'function')
export const userName = shape('must be true, false or the name of a user', v => isBoolean(v) || isName(v))
export const tagList = shape("must be a list of text, such as ['web']", v => Array.isArray(v) && v.every(isName))
export const names = shape(
  'must be the name of a group, or a list of them',
  value => isName(value) || (Array.isArray(value) && value.length > 0 && value.every(isName)),
)
export const oneOf = (...words: readonly string[]): Shape =>
  shape(`must be ${words.map(word => `'${word}'`).join(' or ')}`, value => isText(value) && words.includes(value))

/** A value that is nobody's mistake here: another check says what is wrong with it. */
export const anything: Shape = () => undefined

/** Every mistake of an object's values, and every name that it has not; the values that are right. */
export const checkShapes = (
  given: unknown,
  shapes: Readonly<Record<string, Shape>>,
): { readonly mistakes: readonly string[]; readonly sound: Readonly<Record<string, unknown>> } => {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { mistakes: ['the options must be an object'], sound: {} }
  const mistakes: string[] = []
  const sound: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    const check = Object.hasOwn(shapes, name) ? shapes[name] : undefined
    const wrong = value === undefined ? undefined : check?.(value)
    if (!check) {
      const { hint } = suggest(name, Object.keys(shapes))
      mistakes.push(`${name}: there is no such option${hint === undefined ? '' : `. ${hint}`}`)
    } else if (wrong !== undefined) mistakes.push(`${name}: ${wrong}`)
    else sound[name] = value
  }
  return { mistakes, sound }
}
