import { Writable } from 'node:stream'
import { ProcessOutput } from 'listr2'

const eraseLine = '\u001b[2K'
const up = '\u001b[1A'
const start = '\u001b[G'

/** What log-update begins a frame with, to erase the one before, line by line upwards. Empty before the first frame. */
const erasureOf = (frame: string): string => {
  let at = 0
  while (frame.startsWith(eraseLine, at)) {
    at += eraseLine.length
    if (frame.startsWith(up, at)) at += up.length
  }
  return frame.startsWith(start, at) ? frame.slice(0, at + start.length) : ''
}

const erase = (frame: string): string =>
  frame ? (eraseLine + up).repeat(frame.split('\n').length - 1) + eraseLine + start : ''

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'

export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

/**
 * Stands between listr2 and the terminal, and knows the frame that is on it, so that lines can be written above for good.
 * It also keeps listr2 from taking over this process's own stdout and stderr, which would swallow a password prompt.
 */
export class Screen {
  readonly output: ProcessOutput
  readonly #write: (text: string) => void
  #frame = ''
  #hidden = false
  #held = ''

  constructor(write: (text: string) => void, { columns, rows }: ScreenSize) {
    this.#write = write
    const frames = new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        this.#draw(String(chunk))
        done()
      },
    })
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    const terminal = Object.assign(frames, { columns, rows, isTTY: true })
    this.output = new ProcessOutput(terminal as unknown as NodeJS.WriteStream, nowhere as unknown as NodeJS.WriteStream)
  }

  /** Written at once, above what moves. */
  above(text: string): void {
    if (this.#hidden) this.#held += text
    else this.#write(erase(this.#frame) + text + this.#frame)
  }

  /** Takes what moves off the terminal, until it may come back; what was to be written meanwhile comes with it. */
  hide(hidden: boolean): void {
    if (hidden === this.#hidden) return
    this.#hidden = hidden
    if (hidden) this.#write(erase(this.#frame) + showCursor)
    else this.#write(this.#held + (this.#frame && hideCursor + this.#frame))
    this.#held = ''
  }

  #draw(chunk: string): void {
    if (chunk === hideCursor || chunk === showCursor) {
      if (!this.#hidden) this.#write(chunk)
      return
    }
    const frame = chunk.slice(erasureOf(chunk).length)
    if (!this.#hidden) this.#write(erase(this.#frame) + frame)
    this.#frame = frame
  }
}
