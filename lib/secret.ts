import { inspect } from 'node:util'
import { hide } from './secret/known.ts'

export { hide, maskSecrets, SHORTEST_SECRET } from './secret/known.ts'
export { showSafely } from './secret/show-safely.ts'

/** A value that a host gave is masked elsewhere only if no word of a report can be it. */
const keyLike = (value: string): boolean => /^(?=.*\d)(?=.*[A-Za-z])\S{12,4096}$/.test(value)

/**
 * A value that must not be seen. It prints as `[secret]` in logs, JSON, diffs, errors and template strings.
 * `reveal()` is the only way to the value; it belongs in places that write to a host's stdin and nowhere else.
 *
 * What a program prints is text, not a Secret. So there is a second thing: values that are masked wherever they turn up.
 *
 * - `new Secret(value)`: secret through and through (a password, a token, a private key). The value and each of its lines are
 *   masked everywhere. One of fewer than 6 characters cannot be.
 * - `Secret.document(text)`: a text in which secrets stand among other things (a configuration file, SQL). It is never shown,
 *   but nothing in it is masked elsewhere, or `shared:` and `enabled: true` would be gone from all reports. Whoever makes
 *   the text has its passwords as Secrets of their own.
 * - `Secret.found(value)`: what a host has as a password or key. Masked if it looks like one, so that no host can make words
 *   such as `failed` disappear.
 */
export class Secret {
  readonly #value: string
  constructor(value: string, masked = true) {
    this.#value = value
    if (masked) hide(value)
  }
  static document(text: string): Secret {
    return new Secret(text, false)
  }
  static found(value: string): Secret {
    return new Secret(value, keyLike(value.trim()))
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
