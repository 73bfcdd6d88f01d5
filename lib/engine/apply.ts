import type { Change } from '../changes/change.ts'
import { type Output, outcomeOf, REFUSED_BY_GUARD } from '../command.ts'
import { BatonError, CommandError, ConnectionError, FactError } from '../errors.ts'
import { jobEnd } from '../job/job-end.ts'
import { showCommand } from '../show-command.ts'
import type { Dressed, RunContext } from './context.ts'
import type { Ahead } from './fact-reader.ts'
import type { HostState } from './host-state.ts'
import { LONG } from './long.ts'
import type { Step } from './step.ts'

/** A change on its way to a host. */
export interface Entry {
  readonly step: Step
  readonly change: Change
  /** Of its step. */
  readonly last: boolean
}

/** What became of a change. `lost`: it may or may not have run. `not run`: something before it failed. */
export type Fate =
  /** `idle`: its judge says that it found nothing to do. */
  | { readonly state: 'done'; readonly output: Output; readonly idle: boolean }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'lost'; readonly error: Error }
  | { readonly state: 'not run'; readonly why: string }

/** Where changes go: a host in a play of a run. */
export interface Target {
  readonly state: HostState
  /** The host that the play is about; another than that of `state` where the task is delegated. */
  readonly host: string
  readonly play: string
  readonly context: RunContext
}

interface Watcher {
  started(entry: Entry): void
  output(entry: Entry, stream: 'stdout' | 'stderr', chunk: Buffer): void
}

/** The change with the deadline that the playbook gives the task. */
const limited = ({ step, change }: Entry): Change => {
  const seconds = step.task.options.deadlineSeconds
  return seconds === undefined
    ? change
    : { ...change, command: { ...change.command, timeoutMs: Math.ceil(seconds * 1000) } }
}

/**
 * Neighbours that run as the same user share a batch. A long one travels alone: what is behind it can still be called off.
 * So does one that is judged here: the host cannot tell whether it is to stop those behind it.
 */
const runs = (entries: readonly Entry[]): Entry[][] => {
  const alone = (entry: Entry) =>
    (limited(entry).command.timeoutMs ?? 0) > LONG ||
    entry.change.judge !== undefined ||
    entry.step.task.options.retries?.until !== undefined
  const groups: Entry[][] = []
  for (const entry of entries) {
    const last = groups.at(-1)?.at(-1)
    if (last && last.step.as === entry.step.as && !alone(last) && !alone(entry)) groups.at(-1)!.push(entry)
    else groups.push([entry])
  }
  return groups
}

export const AFTER_FAILURE = 'not run, because a task before it failed'
export const INTERRUPTED = 'the run was interrupted'

/**
 * Applies the changes in order, neighbours in one batch; a failing one stops those behind it, and so does an interrupt
 * between batches. `ahead` travels in front of the first. One fate per entry. Never rejects: what happened to the host is in the fates.
 */
export const apply = async (
  target: Target,
  entries: readonly Entry[],
  ahead: Ahead,
  watch: Watcher,
): Promise<readonly Fate[]> => {
  const fates: Fate[] = []
  const leave = (group: readonly Entry[], why: string) =>
    fates.push(...group.map(() => ({ state: 'not run', why }) as const))
  for (const [i, group] of runs(entries).entries()) {
    if (fates.some(f => f.state !== 'done')) leave(group, AFTER_FAILURE)
    else if (i > 0 && target.context.signal.aborted) leave(group, INTERRUPTED)
    else fates.push(...(await applyRun(target, group, i === 0 ? ahead : undefined, watch)))
  }
  return fates
}

const dress = ({ context, state, host, play }: Target, entries: readonly Entry[]): readonly Dressed[] =>
  entries.map(entry => {
    const { step, change } = entry
    const nth = entries.filter(e => e.step === step).findIndex(e => e.change === change)
    return context.dress(state, { host, play }, step, limited(entry), nth)
  })

const applyRun = async (
  target: Target,
  entries: readonly Entry[],
  ahead: Ahead | undefined,
  watch: Watcher,
): Promise<readonly Fate[]> => {
  const { state, context, host, play } = target
  const as = entries[0]!.step.as
  let dressed: readonly Dressed[] = []
  const looks = ahead?.commands ?? []
  const looked: Output[] = []
  const ended: (Output | undefined)[] = []
  let sent = false
  try {
    dressed = dress(target, entries)
    const connection = await state.connect()
    context.send({
      type: 'sent',
      host,
      ...(state.host.name !== host && { on: state.host.name }),
      ...(as !== undefined && { as }),
      play,
      changes: entries.map(({ step, change }, i) => ({
        index: step.index,
        key: step.key,
        title: step.task.title,
        summary: change.summary,
        ...(dressed[i]?.job && { job: dressed[i].job.name }),
      })),
    })
    await context.durable()
    sent = true
    watch.started(entries[0]!)
    await connection.batch([...looks, ...dressed.map(d => d.command)], {
      ...(as !== undefined && { as }),
      signal: context.stop,
      stopOnFailure: true,
      onOutput: (n, stream, chunk) => {
        const entry = entries[n - looks.length]
        if (entry) watch.output(entry, stream, chunk)
      },
      onEnd: (n, output) => {
        const i = n - looks.length
        if (i < 0) looked[n] = output
        else ended[i] = output
        const next = entries[i + 1]
        if (i >= 0 && next && output.code === 0) watch.started(next)
      },
    })
    ahead?.answered(looked)
    return entries.map((entry, i) => fateOf(target, entry, dressed[i]!, ended[i]))
  } catch (error) {
    ahead?.failed(error)
    return afterTrouble(target, entries, dressed, ended, error, sent)
  }
}

/** What was not enough yet, by the playbook's own word. */
class NotYet extends BatonError {}

/** What a playbook's function says of the output. Throws what that throws. */
const judged = ({ step, change, last }: Entry, output: Output): Fate => {
  const { command } = change
  const until = last ? step.task.options.retries?.until : undefined
  if ((change.judge || until) && output.droppedBytes > 0)
    throw new FactError(`its output is too long to be judged (${output.droppedBytes} bytes more)`)
  const verdict = change.judge?.(output)
  if (typeof verdict === 'object')
    return { state: 'failed', error: new CommandError(showCommand(command), output, { hint: verdict.failed }) }
  if (verdict === undefined && output.code !== 0) {
    const refused = command.guarded === true && output.code === REFUSED_BY_GUARD
    return { state: 'failed', error: new CommandError(showCommand(command), output, { refused }) }
  }
  if (until && !until(outcomeOf(output)))
    return { state: 'failed', error: new NotYet(`"until" does not hold after: ${change.summary}`) }
  return { state: 'done', output, idle: verdict === 'unchanged' }
}

const fateOf = ({ context, state }: Target, entry: Entry, dressed: Dressed, output: Output | undefined): Fate => {
  if (!output) return { state: 'not run', why: AFTER_FAILURE }
  const meaning = context.meaning(state, dressed, output)
  if (meaning) return { state: meaning.lost ? 'lost' : 'failed', error: meaning.error }
  try {
    return judged(entry, dressed.job ? jobEnd(dressed.job.command, output).output : output)
  } catch (error) {
    return { state: 'failed', error }
  }
}

/** The first change without an end is where the trouble struck; after a failed one nothing was run. */
const afterTrouble = (
  target: Target,
  entries: readonly Entry[],
  dressed: readonly Dressed[],
  ended: readonly (Output | undefined)[],
  error: unknown,
  sent: boolean,
): readonly Fate[] => {
  let over = false
  return entries.map((entry, i): Fate => {
    if (over) return { state: 'not run', why: AFTER_FAILURE }
    const seen: Fate = sent ? fateOf(target, entry, dressed[i]!, ended[i]) : { state: 'not run', why: AFTER_FAILURE }
    if (seen.state === 'done') return seen
    over = true
    if (seen.state !== 'not run') return seen
    // With the connection gone, the frames behind this one were already sent and may run as well.
    if (sent && error instanceof ConnectionError && error.reason === 'lost') {
      over = false
      return { state: 'lost', error }
    }
    // Ended in the middle by a second Ctrl-C: what it has done by then, nobody knows.
    if (sent && target.context.stop.aborted && error instanceof Error) return { state: 'lost', error }
    return { state: 'failed', error }
  })
}
