import { DefaultRenderer, ListrDefaultRendererLogLevels as Level, Listr, ListrLogger } from 'listr2'
import { painter, type Style } from './paint.ts'
import { Row } from './row.ts'
import { Screen, type ScreenSize } from './screen.ts'
import type { Turn } from './turn.ts'

/** Lines of the terminal that are left to what was written above. */
const MARGIN = 4
/** A row may have a line of output below it. */
const ROW_LINES = 2

/** listr2's renderer, told that our stream is the terminal: it would ask this process's own stdout for both. */
class Area extends DefaultRenderer {
  static override nonTTY = true
  protected override format(message: string, icon: string, level: number): string[] {
    return message.trim() === '' ? [] : [`${'  '.repeat(level)}${icon} ${message}`]
  }
}

const colours: readonly (readonly [Level, Style])[] = [
  [Level.PENDING, 'yellow'],
  [Level.COMPLETED, 'green'],
  [Level.FAILED, 'red'],
  [Level.WAITING, 'gray'],
]

/**
 * The rows of a play that is under way: one for each host, as many as fit the terminal (a taller list loses its upper rows,
 * https://github.com/listr2/listr2/issues/720). Where hosts do not fit, a host that is done makes room for one that is not.
 * It only shows: nothing runs in it, and when it is closed it is gone from the screen.
 */
export class Live {
  readonly #screen: Screen
  readonly #heading: Row
  readonly #rows: readonly Row[]
  readonly #waiting: Set<string>
  readonly #run: Promise<unknown>
  readonly #unwatch: () => void

  constructor(
    title: string,
    hosts: readonly string[],
    options: {
      readonly write: (text: string) => void
      readonly size: ScreenSize
      readonly color: boolean
      readonly turn?: Turn | undefined
    },
  ) {
    const { size, color } = options
    const fit = Math.max(1, Math.floor((size.rows - MARGIN - 1) / ROW_LINES))
    this.#screen = new Screen(options.write, size)
    this.#heading = new Row(title)
    this.#rows = hosts.slice(0, fit).map(host => new Row(host, host))
    this.#waiting = new Set(hosts.slice(fit))
    const paint = painter(color)
    const list = new Listr(
      [this.#heading, ...this.#rows].map(row => row.task(size.columns)),
      {
        renderer: Area,
        rendererOptions: {
          logger: new ListrLogger({ useIcons: true, processOutput: this.#screen.output }),
          color: Object.fromEntries(colours.map(([level, style]) => [level, (text = '') => paint(style, text)])),
          clearOutput: true,
          collapseErrors: false,
          showErrorMessage: false,
        },
        concurrent: true,
        exitOnError: false,
        registerSignalListeners: false,
      },
    )
    this.#run = list.run()
    this.#unwatch = options.turn?.watch(taken => this.#screen.hide(taken)) ?? (() => {})
  }

  /** Resolves when the rows are on the screen: listr2 loads its parts when it begins. */
  async drawn(): Promise<void> {
    await Promise.race([this.#run, Promise.all([this.#heading, ...this.#rows].map(row => row.started))])
  }

  /** Written for good, above the rows. */
  above(text: string): void {
    this.#screen.above(text)
  }

  heading(title: string, below: string): void {
    this.#heading.show(title, below)
  }

  show(host: string, title: string, output: string): void {
    this.#rowOf(host)?.show(title, output)
  }

  end(host: string, title: string, failed: boolean): void {
    const row = this.#rowOf(host)
    this.#waiting.delete(host)
    if (!row) return
    row.show(title, '')
    row.release(failed)
    if (this.#waiting.size === 0) for (const free of this.#rows.filter(r => r.free)) free.settle()
  }

  /** Resolves when the rows are gone. */
  async close(): Promise<void> {
    for (const row of [this.#heading, ...this.#rows]) row.settle()
    await this.#run
    this.#unwatch()
    this.#screen.hide(false)
  }

  /** A host without a row takes that of one that is done. */
  #rowOf(host: string): Row | undefined {
    const own = this.#rows.find(row => row.host === host)
    if (own) return own
    const free = this.#rows.find(row => row.free)
    if (!free || !this.#waiting.delete(host)) return undefined
    free.take(host)
    return free
  }
}
