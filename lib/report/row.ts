import type { DefaultRenderer, ListrTask, ListrTaskWrapper } from 'listr2'
import { clipTo } from './terminal-text.ts'

type Wrapper = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof DefaultRenderer>
type Task = ListrTask<unknown, typeof DefaultRenderer, typeof DefaultRenderer>
type Below = (context: unknown, task: Wrapper) => ReturnType<Wrapper['newListr']>

/** Columns that indentation, icon and the space behind it take from a line. */
const BESIDE = 6

/** One line of the live area. listr2 thinks that it is a task; the events decide when that is over. */
export class Row {
  readonly #ended: Promise<void>
  #host: string | undefined
  #free = false
  #title: string
  #drawn: Wrapper | undefined
  #columns = 80
  #end: (failed: boolean) => void = () => {}

  constructor(title: string, host?: string) {
    this.#title = title
    this.#host = host
    this.#ended = new Promise((resolve, reject) => {
      this.#end = failed => (failed ? reject(new Error(this.#title)) : resolve())
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

  task(columns: number, below?: Below): Task {
    this.#columns = columns
    return {
      title: this.#title,
      task: async (context, task) => {
        this.#drawn = task
        this.show(this.#title, '')
        if (below) await below(context, task).run()
        await this.#ended
      },
    }
  }

  show(title: string, output: string): void {
    this.#title = title
    if (!this.#drawn) return
    this.#drawn.title = clipTo(title, this.#columns - BESIDE)
    this.#drawn.output = clipTo(output, this.#columns - BESIDE - 2)
  }

  release(): void {
    this.#free = true
  }

  take(host: string): void {
    this.#host = host
    this.#free = false
  }

  settle(failed: boolean): void {
    this.#end(failed)
  }
}
