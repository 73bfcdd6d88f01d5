import type { Command, Output } from '../command.ts'
import { Kept } from './kept.ts'
import { type Mark, MarkReader } from './marks.ts'

export type StreamName = 'stdout' | 'stderr'

export interface ExchangeEvents {
  /** The host has begun with a command; `pid` is the shell's. */
  begin(index: number, pid: number): void
  output(index: number, stream: StreamName, chunk: Buffer): void
  end(index: number, output: Output): void
  /** Nothing more of the request comes, on either stream. */
  done(): void
  /** Neither a mark nor the output of a command. */
  noise(stream: StreamName, chunk: Buffer): void
}

const keepBytes = 16 * 1024 * 1024

/** One request's answer, read from both streams of a shell. */
export class Exchange {
  readonly #commands: readonly Command[]
  readonly #events: ExchangeEvents
  readonly #readers: Record<StreamName, MarkReader>
  readonly #current: Record<StreamName, { index: number; kept: Kept; open: boolean }>
  readonly #ended = new Map<number, { stdout?: Kept; stderr?: Kept; code: number }>()
  readonly #done = new Set<StreamName>()
  #began = 0

  constructor(nonce: string, commands: readonly Command[], events: ExchangeEvents) {
    this.#commands = commands
    this.#events = events
    const none = () => ({ index: -1, kept: new Kept(0), open: false })
    this.#current = { stdout: none(), stderr: none() }
    this.#readers = { stdout: this.#reader(nonce, 'stdout'), stderr: this.#reader(nonce, 'stderr') }
  }

  read(stream: StreamName, chunk: Buffer): void {
    this.#readers[stream].read(chunk)
  }

  #reader(nonce: string, stream: StreamName): MarkReader {
    return new MarkReader(nonce, {
      mark: mark => this.#mark(stream, mark),
      data: chunk => {
        const { index, kept } = this.#current[stream]
        kept.add(chunk)
        this.#events.output(index, stream, chunk)
      },
      noise: chunk => this.#events.noise(stream, chunk),
    })
  }

  /**
   * A mark that is not the next one is none of the shell's: whoever knows the nonce could otherwise end commands that were
   * never begun, and have their outputs kept without end.
   */
  #mark(stream: StreamName, { kind, index, value }: Mark): void {
    const current = this.#current[stream]
    if (kind === 'done') {
      if (this.#done.has(stream)) return
      this.#done.add(stream)
      if (this.#done.size === 2) this.#events.done()
    } else if (kind === 'begin') {
      const command = this.#commands[index]
      if (current.open || !command || index !== current.index + 1) return
      this.#current[stream] = { index, kept: new Kept(command.keepBytes ?? keepBytes), open: true }
      if (stream !== 'stdout') return
      this.#began = performance.now()
      this.#events.begin(index, value)
    } else if (current.open && index === current.index) {
      current.open = false
      this.#end(stream, index, value)
    }
  }

  #end(stream: StreamName, index: number, value: number): void {
    const { kept } = this.#current[stream]
    const ended = this.#ended.get(index) ?? { code: 0 }
    ended[stream] = kept
    if (stream === 'stdout') ended.code = value
    this.#ended.set(index, ended)
    const { stdout, stderr, code } = ended
    if (!stdout || !stderr) return
    this.#ended.delete(index)
    this.#events.end(index, {
      code,
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
      droppedBytes: stdout.dropped + stderr.dropped,
      durationMs: Math.round(performance.now() - this.#began),
    })
  }
}
