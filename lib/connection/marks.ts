/** What the framed shell says about itself between the bytes of the commands. */
export interface Mark {
  /** `done`: nothing of this request comes after. */
  readonly kind: 'begin' | 'end' | 'done'
  /** The command of the request, from 0. */
  readonly index: number
  /** With `begin`, the shell's process id; with `end`, the exit code. */
  readonly value: number
}

export interface MarkSink {
  mark(mark: Mark): void
  /** Bytes between `begin` and `end`. */
  data(chunk: Buffer): void
  /** Bytes outside: motd, rc files, background processes. */
  noise(chunk: Buffer): void
}

const kinds = { b: 'begin', e: 'end', z: 'done' } as const

/** Bytes that a mark has at most behind its nonce. */
const longest = 40

const parse = (text: string): Mark | undefined => {
  const [, kind, index, value] = /^ ([bez]) (\d{1,9}) (\d{1,10})$/.exec(text) ?? []
  return kind ? { kind: kinds[kind as keyof typeof kinds], index: Number(index), value: Number(value) } : undefined
}

/** How many bytes at the end may be the start of the nonce. */
const overlap = (bytes: Buffer, nonce: Buffer): number => {
  for (let n = Math.min(bytes.length, nonce.length - 1); n > 0; n--)
    if (bytes.subarray(bytes.length - n).equals(nonce.subarray(0, n))) return n
  return 0
}

const nothing = Buffer.alloc(0)

/**
 * Takes one stream of a framed shell apart. A mark is `NONCE b 3 0\n`, wherever it stands: what a command prints needs no
 * newline at its end. Bytes are handed on as they arrive, save for those that may be the start of a mark.
 */
export class MarkReader {
  readonly #nonce: Buffer
  readonly #sink: MarkSink
  #held: Buffer = nothing
  #inside = false

  constructor(nonce: string, sink: MarkSink) {
    this.#nonce = Buffer.from(nonce)
    this.#sink = sink
  }

  read(chunk: Buffer): void {
    let bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk
    this.#held = nothing
    for (;;) {
      const at = bytes.indexOf(this.#nonce)
      if (at < 0) {
        this.#hold(bytes, bytes.length - overlap(bytes, this.#nonce))
        return
      }
      const behind = at + this.#nonce.length
      const end = bytes.indexOf(10, behind)
      if (end < 0 && bytes.length - behind < longest) {
        this.#hold(bytes, at)
        return
      }
      const mark = end < 0 ? undefined : parse(bytes.toString('latin1', behind, Math.min(end, behind + longest)))
      this.#emit(bytes.subarray(0, mark ? at : behind))
      if (mark) {
        this.#inside = mark.kind === 'begin'
        this.#sink.mark(mark)
      }
      bytes = bytes.subarray(mark ? end + 1 : behind)
    }
  }

  #hold(bytes: Buffer, from: number): void {
    this.#emit(bytes.subarray(0, from))
    this.#held = bytes.subarray(from)
  }

  #emit(bytes: Buffer): void {
    if (bytes.length === 0) return
    if (this.#inside) this.#sink.data(bytes)
    else this.#sink.noise(bytes)
  }
}
