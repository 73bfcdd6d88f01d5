import type { Change } from '../changes/change.ts'
import { type Command, type Output, REFUSED_BY_GUARD } from '../command.ts'
import { CommandError, ConnectionError } from '../errors.ts'
import type { Ahead } from './fact-reader.ts'
import type { HostState } from './host-state.ts'
import type { Step } from './plan.ts'
import { showCommand } from './report-error.ts'

/** A change on its way to a host. */
export interface Entry {
  readonly step: Step
  readonly change: Change
}

/** What became of a change. `lost`: it may or may not have run. `not run`: something before it failed. */
export type Fate =
  | { readonly state: 'done'; readonly output: Output }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'lost'; readonly error: ConnectionError }
  | { readonly state: 'not run'; readonly why: string }

interface Watcher {
  started(entry: Entry): void
  output(entry: Entry, stream: 'stdout' | 'stderr', chunk: Buffer): void
}

/** Longer than this a change may take to be interruptible only behind itself. Milliseconds. */
const LONG = 60_000

/** Neighbours that run as the same user share a batch. A long one travels alone: what is behind it can still be called off. */
const runs = (entries: readonly Entry[]): Entry[][] => {
  const alone = ({ change }: Entry) => (change.command.timeoutMs ?? 0) > LONG
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
  state: HostState,
  entries: readonly Entry[],
  ahead: Ahead,
  watch: Watcher,
  signal: AbortSignal,
): Promise<readonly Fate[]> => {
  const fates: Fate[] = []
  const leave = (group: readonly Entry[], why: string) =>
    fates.push(...group.map(() => ({ state: 'not run', why }) as const))
  for (const [i, group] of runs(entries).entries()) {
    if (fates.some(f => f.state !== 'done')) leave(group, AFTER_FAILURE)
    else if (i > 0 && signal.aborted) leave(group, INTERRUPTED)
    else fates.push(...(await applyRun(state, group, i === 0 ? ahead : undefined, watch)))
  }
  return fates
}

const applyRun = async (
  state: HostState,
  entries: readonly Entry[],
  ahead: Ahead | undefined,
  watch: Watcher,
): Promise<readonly Fate[]> => {
  const as = entries[0]!.step.as
  const looks = ahead?.commands ?? []
  const looked: Output[] = []
  const ended: (Output | undefined)[] = []
  let sent = false
  try {
    const connection = await state.connect()
    sent = true
    watch.started(entries[0]!)
    await connection.batch([...looks, ...entries.map(e => e.change.command)], {
      ...(as !== undefined && { as }),
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
    return entries.map((entry, i) => fateOf(entry.change.command, ended[i]))
  } catch (error) {
    ahead?.failed(error)
    return afterTrouble(entries, ended, error, sent)
  }
}

const fateOf = (command: Command, output: Output | undefined): Fate => {
  if (!output) return { state: 'not run', why: AFTER_FAILURE }
  if (output.code === 0) return { state: 'done', output }
  const refused = command.guarded === true && output.code === REFUSED_BY_GUARD
  return { state: 'failed', error: new CommandError(showCommand(command), output, { refused }) }
}

/** The first change without an end is where the trouble struck; after a failed one nothing was run. */
const afterTrouble = (
  entries: readonly Entry[],
  ended: readonly (Output | undefined)[],
  error: unknown,
  sent: boolean,
): readonly Fate[] => {
  let over = false
  return entries.map(({ change }, i): Fate => {
    if (over) return { state: 'not run', why: AFTER_FAILURE }
    const seen = fateOf(change.command, ended[i])
    if (seen.state === 'done') return seen
    over = true
    if (seen.state === 'failed') return seen
    // With the connection gone, the frames behind this one were already sent and may run as well.
    if (sent && error instanceof ConnectionError && error.reason === 'lost') {
      over = false
      return { state: 'lost', error }
    }
    return { state: 'failed', error }
  })
}
