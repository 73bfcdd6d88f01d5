import { inspect } from 'node:util'

/** Every value that was ever wrapped, so that the one output gate can mask it wherever a program repeats it. */
const known = new Set<string>()
let grown = false

/**
 * A value that must not be seen. It prints as `[secret]` in logs, JSON, diffs, errors and template strings.
 * `reveal()` is the only way to the value; it belongs in places that write to a host's stdin and nowhere else.
 */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
    if (value.length < 6 || known.has(value)) return
    known.add(value)
    grown = true
  }
  reveal(): string {
    return this.#value
  }
  equals(other: Secret): boolean {
    return this.#value === other.#value
  }
  toString(): string {
    return '[secret]'
  }
  toJSON(): string {
    return '[secret]'
  }
  [inspect.custom](): string {
    return '[secret]'
  }
}

/** Longest first: of two secrets where one begins with the other, none may leave its rest behind. */
let longestFirst: readonly string[] = []

const parts = (): readonly string[] => {
  const lines = [...known].flatMap(value => [value, ...value.split(/[\r\n]+/)]).filter(part => part.length >= 6)
  return [...new Set(lines)].sort((a, b) => b.length - a.length)
}

/** The text with every known secret, and every line of a longer one, replaced. Values under 6 characters cannot be masked. */
export const maskSecrets = (text: string): string => {
  if (grown) longestFirst = parts()
  grown = false
  return longestFirst.reduce((masked, part) => masked.replaceAll(part, '[secret]'), text)
}
