import { type Annotation, type Grouped, titleOf } from './annotation.ts'
import { sourcePath } from './source-path.ts'
import { showPlace } from './words.ts'
import { workflowCommand } from './workflow-command.ts'

/** Annotations of each level that GitHub shows of a step. https://github.com/orgs/community/discussions/26680 */
const EACH = 10

/** Lines of `::error` and the like: as many as are shown, and behind them how many more there are. */
export class AnnotationBudget {
  readonly #checkout: string
  readonly #used: Record<Annotation['level'], number> = { error: 0, warning: 0, notice: 0 }
  /** Held back: whether the last place is theirs, or that of a count, is known at the end. */
  readonly #over: Record<Annotation['level'], Grouped[]> = { error: [], warning: [], notice: [] }

  constructor(checkout: string) {
    this.#checkout = checkout
  }

  lines(annotations: readonly Grouped[]): readonly string[] {
    return annotations.flatMap(annotation => {
      if (this.#used[annotation.level]++ < EACH - 1) return [this.#line(annotation)]
      this.#over[annotation.level].push(annotation)
      return []
    })
  }

  /** What is left to say; called once. */
  rest(): readonly string[] {
    return (['error', 'warning', 'notice'] as const).flatMap(level => {
      const over = this.#over[level]
      const [only] = over
      if (!only) return []
      if (over.length === 1) return [this.#line(only)]
      return [
        workflowCommand(level, `${over.length} more are in the log and in the step summary.`, { title: 'and more' }),
      ]
    })
  }

  #line(annotation: Grouped): string {
    const { at, level, message, play } = annotation
    const file = at && sourcePath(at, this.#checkout)
    const where = at && !file ? [`at ${showPlace(at)}`] : []
    const about = play ? [`in play "${play}"`] : []
    const place = file ? { file, line: at.line, col: at.column } : {}
    return workflowCommand(level, [message, ...about, ...where].join('\n'), { ...place, title: titleOf(annotation) })
  }
}
