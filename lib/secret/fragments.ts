import { base64Of, hexOf } from './encodings.ts'

/** Characters. This many of an encoded secret in a row are masked, whatever stands before and behind them. */
export const FRAGMENT = 8

const pieces = (text: string): readonly string[] =>
  Array.from({ length: Math.max(0, text.length - FRAGMENT + 1) }, (_, i) => text.slice(i, i + FRAGMENT))

/**
 * Every piece of what base64 and hexadecimal make of secrets. Programs break their output into lines where they like, and a
 * line may come by itself; so it is looked for pieces, not for the whole. No word looks like a piece by chance.
 */
export class Fragments {
  readonly #base64 = new Set<string>()
  readonly #hex = new Set<string>()

  add(secret: string): void {
    for (const form of base64Of(secret)) for (const piece of pieces(form)) this.#base64.add(piece)
    for (const piece of pieces(hexOf(secret))) this.#hex.add(piece)
  }

  *#within(text: string, runs: RegExp, known: ReadonlySet<string>): Generator<readonly [from: number, to: number]> {
    if (known.size === 0) return
    for (const { 0: run, index } of text.matchAll(runs))
      for (let i = 0; i + FRAGMENT <= run.length; i++)
        if (known.has(run.slice(i, i + FRAGMENT))) yield [index + i, index + i + FRAGMENT]
  }

  /** Where pieces stand, overlapping as they do. Both alphabets of base64, both cases of hexadecimal digits. */
  *spansOf(text: string): Generator<readonly [from: number, to: number]> {
    yield* this.#within(text.replaceAll('-', '+').replaceAll('_', '/'), /[A-Za-z0-9+/]{8,}/g, this.#base64)
    // One character stays one: toLowerCase() makes two of some others.
    yield* this.#within(
      text.replace(/[A-F]/g, c => c.toLowerCase()),
      /[0-9a-f]{8,}/g,
      this.#hex,
    )
  }
}
