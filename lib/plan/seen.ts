import { shown } from '../changes/diff.ts'
import type { RunContext } from '../engine/context.ts'
import type { HostState } from '../engine/host-state.ts'
import type { Planned } from '../engine/plan.ts'
import type { Fact } from '../facts/fact.ts'
import type { Host } from '../inventory/host.ts'
import { showSafely } from '../secret.ts'
import type { digester } from './digest.ts'
import type { SavedFact, SavedStep } from './saved-plan.ts'

type Digest = ReturnType<typeof digester>

/** Longer texts are told apart by their digest. */
const LONGEST = 100

const inShort = (fact: Fact<unknown>, answer: unknown, digest: Digest): string => {
  if (fact.kind.absent?.(answer)) return 'absent'
  const fields = Object.entries(shown(fact, answer)).map(([name, value]) => {
    if (value === undefined) return `${name} absent`
    if (typeof value !== 'string') return `${name} ${value.length} bytes, ${digest(value).slice(0, 8)}`
    const text = showSafely(value, LONGEST + 1)
    return text.length > LONGEST
      ? `${name} ${value.length} characters, ${digest(value).slice(0, 8)}`
      : `${name} ${text}`
  })
  return fields.join(', ') || `something, ${digest(answer).slice(0, 8)}`
}

/** What a plan makes of one step, as it is saved. */
export const savedStep = (host: string, play: string, planned: Planned, digest: Digest): SavedStep | undefined => {
  const { step } = planned
  const about = { host, play, key: step.key, title: step.task.title }
  if (planned.state === 'error') return undefined
  if (planned.state === 'unknown') return { ...about, state: 'unknown', because: planned.because, changes: [] }
  const changes = planned.changes.map(({ summary, command, makes, doubts }) => ({
    summary,
    digest: digest({
      as: step.as,
      script: command.script,
      args: command.args,
      stdin: typeof command.stdin === 'object' && 'open' in command.stdin ? command.stdin.bytes : command.stdin,
      makes: makes.map(({ fact, answer }) => [fact.key, answer]),
      doubts: doubts.map(({ about: what }) => what),
    }),
  }))
  return { ...about, state: changes.length > 0 ? 'change' : 'ok', changes }
}

/** What the inventory says of a host, for its digest. */
export const saidOf = ({ name, groups, vars, connection }: Host): unknown => ({ name, groups, vars, connection })

const idOf = (...parts: readonly (string | undefined)[]): string => JSON.stringify(parts)

/** Watches a check: the steps as they were planned, and from which facts. */
export class Seen {
  readonly #digest: Digest
  readonly #states = new Set<HostState>()
  readonly #steps: SavedStep[] = []

  constructor(digest: Digest) {
    this.#digest = digest
  }

  planned: RunContext['planned'] = (host, play, on, planned) => {
    this.#states.add(on)
    const step = savedStep(host, play, planned, this.#digest)
    if (step) this.#steps.push(step)
  }

  steps(): readonly SavedStep[] {
    return this.#steps
  }

  /** Each once; facts that move by themselves are not among them. */
  facts(): readonly SavedFact[] {
    const facts = new Map<string, SavedFact>()
    for (const state of this.#states)
      for (const { fact, answer, host, as } of state.observed()) {
        if (fact.kind.volatile) continue
        const digest = this.#digest(answer)
        const one = { host, fact: fact.key, digest, was: inShort(fact, answer, this.#digest) }
        facts.set(idOf(host, as, fact.key), { ...one, ...(as !== undefined && { as }) })
      }
    // Where a digest was planned from, the content was read for the diff alone, and says nothing more.
    for (const { host, as, fact } of facts.values())
      if (fact.startsWith('digest ')) facts.delete(idOf(host, as, fact.replace('digest', 'content')))
    return [...facts.values()].sort((a, b) => (`${a.host} ${a.fact}` < `${b.host} ${b.fact}` ? -1 : 1))
  }
}
