import { appendFile, stat } from 'node:fs/promises'
import type { Event, Recorded } from '../event.ts'
import { type Annotation, annotationsOf, grouped } from './annotation.ts'
import { AnnotationBudget } from './annotation-budget.ts'
import { Log } from './log.ts'
import { markdown } from './markdown.ts'
import type { Renderer, RenderOptions } from './renderer.ts'
import type { Sink } from './sink.ts'
import { checkoutOf } from './source-path.ts'
import { type Mode, showHosts } from './words.ts'
import { neutral, workflowCommand } from './workflow-command.ts'

/** Bytes of a step's summary that GitHub takes; of more it shows nothing. */
const MOST_SUMMARY = 1024 * 1024

/**
 * What the plain renderer writes, a play in a group that can be folded; failures as annotations at the task's line; and a step
 * summary. Whatever is not said by Baton itself goes through `quiet`, so that no host can issue a command to the runner.
 */
export class Github implements Renderer {
  readonly #commands: Sink
  readonly #quiet: Sink
  readonly #log: Log
  readonly #budget: AnnotationBudget
  readonly #summary: string | undefined
  readonly #records: Recorded[] = []
  #annotations: Annotation[] = []
  #mode: Mode = 'apply'
  #play: string | undefined

  constructor(commands: Sink, quiet: Sink, options: RenderOptions) {
    this.#commands = commands
    this.#quiet = quiet
    this.#log = new Log(options)
    this.#budget = new AnnotationBudget(checkoutOf(options.env ?? {}, process.cwd()))
    this.#summary = options.env?.GITHUB_STEP_SUMMARY || undefined
  }

  event(event: Event): void {
    if (event.type === 'run') this.#mode = event.mode
    // The summary has no use for output, of which there may be much.
    if (event.type !== 'output') this.#records.push({ time: new Date().toISOString(), event })
    const play = this.#play === undefined ? undefined : { name: this.#play }
    this.#annotations.push(...annotationsOf(event, this.#mode, play))
    const lines = this.#log.lines(event)
    if (event.type === 'play' && event.state === 'started') {
      this.#endGroup()
      this.#play = event.play
      // The empty line and the heading are the group's name.
      for (const line of lines.slice(0, -2)) this.#quiet.write(`${line}\n`)
      const name = `play ${event.play} (${showHosts(event.hosts.map(({ host }) => host))})`
      this.#commands.write(`${workflowCommand('group', neutral(name))}\n`)
      return
    }
    if (event.type === 'summary') this.#endGroup()
    for (const line of lines) this.#quiet.write(`${line}\n`)
    if (event.type === 'play') this.#endGroup()
  }

  async close(): Promise<void> {
    this.#endGroup()
    for (const line of this.#budget.rest()) this.#commands.write(`${line}\n`)
    if (this.#summary === undefined) return
    try {
      const used = await stat(this.#summary).then(
        ({ size }) => size,
        () => 0,
      )
      await appendFile(this.#summary, markdown(this.#records, { limit: MOST_SUMMARY - used }))
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.#commands.write(`${workflowCommand('warning', `the step summary cannot be written: ${message}`)}\n`)
    }
  }

  /** Annotations stand outside of the groups, which are folded. */
  #endGroup(): void {
    if (this.#play !== undefined) this.#commands.write(`${workflowCommand('endgroup', '')}\n`)
    this.#play = undefined
    for (const line of this.#budget.lines(grouped(this.#annotations))) this.#commands.write(`${line}\n`)
    this.#annotations = []
  }
}
