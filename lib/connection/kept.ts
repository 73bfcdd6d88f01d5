/** The first bytes of a stream, up to a limit; the rest is counted. */
export class Kept {
  readonly #limit: number
  readonly #chunks: Buffer[] = []
  #size = 0
  dropped = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(chunk: Buffer): void {
    const room = Math.max(0, this.#limit - this.#size)
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk
    this.dropped += chunk.length - kept.length
    if (kept.length === 0) return
    this.#chunks.push(kept)
    this.#size += kept.length
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks, this.#size)
  }
}
