import type { DefaultRenderer, ListrTask, ListrTaskWrapper } from 'listr2'
import { clipTo } from './terminal-text.ts'

type Wrapper = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof DefaultRenderer>
type Task = ListrTask<unknown, typeof DefaultRenderer, typeof DefaultRenderer>

/** Columns that indentation, icon and the space behind it take from a line. */
const BESIDE = 6

/** One line of the live area. listr2 thinks that it is a task; the events decide when that is over. */
export class Row {
  /** Resolves when listr2 has it. */
  readonly started: Promise<void>
  readonly #ended: Promise<void>
  #host: string | undefined
  #free = false
  #failed = false
  #over = false
  #title: string
  #output = ''
  #drawn: Wrapper | undefined
  #columns = 80
  #end: () => void = () => {}
  #started: () => void = () => {}

  constructor(title: string, host?: string) {
    this.#title = title
    this.#host = host
    this.started = new Promise(resolve => {
      this.#started = resolve
    })
    this.#ended = new Promise((resolve, reject) => {
      this.#end = () => (this.#failed ? reject(new Error(this.#title)) : resolve())
    })
    this.#ended.catch(() => {})
  }

  get host(): string | undefined {
    return this.#host
  }

  /** Its host is done, and another may have it. */
  get free(): boolean {
    return this.#free
  }

  task(columns: number): Task {
    this.#columns = columns
    return {
      title: this.#title,
      task: async (_context, task) => {
        this.#drawn = task
        this.show(this.#title, this.#output)
        this.#started()
        await this.#ended
      },
    }
  }

  show(title: string, output: string): void {
    this.#title = title
    this.#output = output
    // listr2 drops the buffer of a task that is over, and throws when more output comes.
    if (!this.#drawn || this.#over) return
    this.#drawn.title = clipTo(title, this.#columns - BESIDE)
    this.#drawn.output = clipTo(output, this.#columns - BESIDE - 2)
  }

  release(failed: boolean): void {
    this.#free = true
    this.#failed = failed
  }

  take(host: string): void {
    this.#host = host
    this.#free = false
    this.#failed = false
  }

  settle(): void {
    this.#over = true
    this.#end()
  }
}
