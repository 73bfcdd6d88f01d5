import type { Change } from '../changes/change.ts'
import type { Command, Output } from '../command.ts'
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
  | { readonly state: 'not run' }

interface Watcher {
  started(entry: Entry): void
  output(entry: Entry, stream: 'stdout' | 'stderr', chunk: Buffer): void
}

/** Reads what the changes are about to replace, in the same round trip, before the first change. */
export type AheadOf = (as: string | undefined) => Ahead

/** Neighbours that run as the same user share a batch. */
const runs = (entries: readonly Entry[]): Entry[][] => {
  const groups: Entry[][] = []
  for (const entry of entries) {
    const last = groups.at(-1)
    if (last && last[0]!.step.as === entry.step.as) last.push(entry)
    else groups.push([entry])
  }
  return groups
}

/**
 * Applies the changes in order, neighbours in one batch; a failing one stops those behind it. One fate per entry. Never
 * rejects: what happened to the host is in the fates.
 */
export const apply = async (
  state: HostState,
  entries: readonly Entry[],
  ahead: Ahead,
  watch: Watcher,
): Promise<readonly Fate[]> => {
  const fates: Fate[] = []
  for (const [i, group] of runs(entries).entries()) {
    if (fates.some(f => f.state !== 'done')) fates.push(...group.map(() => ({ state: 'not run' }) as const))
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
  if (!output) return { state: 'not run' }
  if (output.code === 0) return { state: 'done', output }
  return { state: 'failed', error: new CommandError(showCommand(command), output) }
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
    if (over) return { state: 'not run' }
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
