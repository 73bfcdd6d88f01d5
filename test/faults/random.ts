import { createHash } from 'node:crypto'

/** Numbers that follow from a seed and a name, so that one fault can be had again without those before it. */
export class Random {
  readonly #seed: string
  #count = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  /** From 0, below 1. */
  next(): number {
    const digest = createHash('sha256')
      .update(`${this.#seed} ${this.#count++}`)
      .digest()
    return digest.readUInt32BE() / 2 ** 32
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  one<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)]!
  }
}
