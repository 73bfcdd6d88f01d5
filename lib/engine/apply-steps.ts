import type { Change } from '../changes/change.ts'
import { CommandError, FactError } from '../errors.ts'
import { AFTER_FAILURE, apply, type Entry, type Fate, type Target } from './apply.ts'
import { type Before, lookBefore, reportChange } from './before.ts'
import type { HostState } from './host-state.ts'
import type { Planned } from './plan.ts'
import type { Step } from './step.ts'
import type { End, StepReporter } from './step-reporter.ts'
import { verify } from './verify.ts'

export const CONDITION_FALSE = 'its condition is false'

export type ReadyStep = Planned & { readonly state: 'planned' }

export const entriesOf = (ready: readonly ReadyStep[]): readonly Entry[] =>
  ready.flatMap(({ step, changes }) => changes.map((change, i) => ({ step, change, last: i === changes.length - 1 })))

/** What the changes find, by change. */
export const befores = (state: HostState, ready: readonly ReadyStep[]): Promise<ReadonlyMap<Change, Before>> =>
  lookBefore(
    ready.flatMap(({ step, changes, found }) =>
      changes.map(change => [change, { found, reader: state.reader(step.as) }] as const),
    ),
  )

/** Bytes of an action's output, both streams together, that the journal keeps. Of what prints more, a resumed run has no value. */
const MOST_JOURNALED = 64 * 1024

/**
 * Actions hand on what their output says, to the host that the play is about, wherever they ran. An output that makes no
 * sense is the action's failure; one that is too long is that of whoever asks for it.
 */
const handOn = (target: Target, done: readonly Entry[], fates: ReadonlyMap<Change, Fate>): Map<Change, unknown> => {
  const { context, host, play } = target
  const misread = new Map<Change, unknown>()
  for (const { step, change } of done) {
    const fate = fates.get(change)
    if (!step.task.action || fate?.state !== 'done') continue
    try {
      const { code, stdout, stderr, droppedBytes } = fate.output
      const long = `the output of "${step.task.title}" is too long to hand on (${droppedBytes} bytes more)`
      context
        .find(host)
        .handOn(
          step.task.value,
          droppedBytes > 0 ? { error: new FactError(long) } : { value: step.task.result(fate.output) },
        )
      const whole = stdout.length + stderr.length + droppedBytes <= MOST_JOURNALED
      context.send({
        type: 'handed',
        host,
        play,
        task: step.key,
        ...(code !== 0 && { code }),
        ...(whole ? { stdout: stdout.toString(), stderr: stderr.toString() } : { stdout: '', stderr: '', cut: true }),
      })
    } catch (error) {
      misread.set(change, error)
    }
  }
  return misread
}

/**
 * Applies the changes of these steps and reads back what they claim; `meanwhile` begins as soon as all are applied, so that
 * its questions travel with the reading back. True: every claim holds. `changed` is told of each step that changed something.
 */
export const applySteps = async <T>(
  target: Target,
  ready: readonly ReadyStep[],
  reporter: StepReporter,
  { changed, meanwhile }: { changed(step: Step): void; meanwhile(): Promise<T> },
): Promise<T | undefined> => {
  const { state } = target
  const entries = entriesOf(ready)
  const looking = befores(state, ready)
  // What the diffs need of the old state rides ahead of the changes; what another user has to read is read before.
  const ahead = state.reader(entries[0]?.step.as).take()
  await Promise.all(entries.map(e => state.reader(e.step.as).idle()))
  const list = await apply(target, entries, ahead, {
    started: ({ step }) => reporter.start(step),
    output: ({ step }, stream, chunk) => reporter.output(step, stream, chunk),
  })
  state.expected.clear()
  state.forget()
  const fates = new Map(entries.map((e, i) => [e.change, list[i]!]))
  const done = entries.filter(e => fates.get(e.change)?.state === 'done')
  const misread = handOn(target, done, fates)
  const as = new Map(entries.map(e => [e.change, e.step.as]))
  const [before, broken, next] = await Promise.all([
    looking,
    verify(
      done.map(e => e.change),
      change => state.reader(as.get(change)),
    ),
    done.length === entries.length ? meanwhile() : undefined,
  ])
  const wrong = new Map([...broken, ...misread])
  let good = true
  for (const one of ready) good = reportApplied(one, { good, fates, wrong, before, reporter, changed })
  return good ? next : undefined
}

interface Applied {
  /** So far, in this play. */
  readonly good: boolean
  readonly fates: ReadonlyMap<Change, Fate>
  readonly wrong: ReadonlyMap<Change, unknown>
  readonly before: ReadonlyMap<Change, Before>
  readonly reporter: StepReporter
  changed(step: Step): void
}

const spent = (fate: Fate | undefined): number =>
  fate?.state === 'done'
    ? fate.output.durationMs
    : fate?.state === 'failed' && fate.error instanceof CommandError
      ? fate.error.output.durationMs
      : 0

/** How a step ends that has nothing to apply. */
export const idleEnd = ({ skipped }: Pick<ReadyStep, 'skipped'>): End =>
  skipped ? { outcome: 'skipped', reason: CONDITION_FALSE } : { outcome: 'ok' }

const isIdle = (fate: Fate): boolean => fate.state === 'done' && fate.idle

/** Reports one step, and whether all is well up to and with it. */
const reportApplied = (ready: ReadyStep, applied: Applied): boolean => {
  const { step, changes } = ready
  const { good, fates, wrong, before, reporter, changed } = applied
  const report = (some: readonly Change[]) => some.map(c => reportChange(before.get(c)!))
  const durationMs = changes.reduce((ms, c) => ms + spent(fates.get(c)), 0)
  const ran = changes.filter(c => fates.get(c)!.state === 'done')
  const idle = changes.length > 0 && changes.every(c => isIdle(fates.get(c)!))
  // What failed or was lost may have changed something all the same.
  if (!idle && changes.some(c => fates.get(c)!.state !== 'not run')) changed(step)
  const bad = changes.find(c => fates.get(c)!.state !== 'done' || wrong.has(c))
  if (!bad) {
    // Without changes it was ok on condition that those before it come true.
    if (idle) reporter.end(step, { outcome: 'ok', durationMs })
    else if (changes.length > 0) reporter.end(step, { outcome: 'changed', changes: report(changes), durationMs })
    else if (good) reporter.end(step, idleEnd(ready))
    else reporter.skip([step], AFTER_FAILURE)
    return good
  }
  const fate = fates.get(bad)!
  if (fate.state !== 'not run')
    reporter.endWithError(
      step,
      fate.state === 'done' ? wrong.get(bad) : fate.error,
      bad,
      report(ran),
      durationMs,
      fate.state === 'lost',
    )
  else if (ran.length === 0) reporter.skip([step], fate.why)
  else
    reporter.end(step, {
      outcome: 'failed',
      changes: report(ran),
      reason: `stopped before "${bad.summary}": ${fate.why}`,
    })
  return false
}
