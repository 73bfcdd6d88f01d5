/** Gives equal values one number, in the order in which they come. */
export class Numbered<T> {
  readonly values: T[] = []
  readonly #numbers = new Map<string, number>()
  readonly #key: (value: T) => string

  constructor(key: (value: T) => string) {
    this.#key = key
  }

  of(value: T): number {
    const key = this.#key(value)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.values.length)
    return this.values.push(value) - 1
  }
}
