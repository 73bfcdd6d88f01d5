import { inspect } from 'node:util'

/** Every value that was ever wrapped, so that the one output gate can mask it wherever a program repeats it. */
const known = new Set<string>()

/**
 * A value that must not be seen. It prints as `[secret]` in logs, JSON, diffs, errors and template strings.
 * `reveal()` is the only way to the value; it belongs in places that write to a host's stdin and nowhere else.
 */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
    if (value.length >= 6) known.add(value)
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

/** The text with every known secret, and every line of a longer one, replaced. Values under 6 characters cannot be masked. */
export const maskSecrets = (text: string): string => {
  let masked = text
  for (const value of known) {
    if (masked.includes(value)) masked = masked.replaceAll(value, '[secret]')
    for (const line of value.split('\n'))
      if (line.length >= 6 && masked.includes(line)) masked = masked.replaceAll(line, '[secret]')
  }
  return masked
}
