import { createHash } from 'node:crypto'
import { tasksOf } from '../dsl/item.ts'
import type { BuiltPlay } from '../engine/build.ts'
import type { RunContext } from '../engine/context.ts'
import type { RunBinding } from '../engine/run.ts'
import { taskDigest } from '../engine/step.ts'
import { Refusal } from '../errors.ts'
import type { Host } from '../inventory/host.ts'
import { digester } from './digest.ts'
import type { PlanContent, SavedFact, SavedStep } from './saved-plan.ts'
import { Seen, saidOf, savedStep } from './seen.ts'

type Inputs = Pick<PlanContent, 'hosts' | 'tasks'>

/** What a plan is made of before any host is asked: what the inventory says, and the tasks of the playbook. */
export const inputsOf = (hosts: readonly Host[], plays: readonly BuiltPlay[], salt: string): Inputs => {
  const digest = digester(salt)
  return {
    hosts: hosts.map(host => ({ host: host.name, digest: digest(saidOf(host)) })),
    tasks: plays.flatMap(({ play, hosts: members }) =>
      members.map(({ host, items }) => ({
        play: play.name,
        host: host.name,
        digest: createHash('sha256')
          .update(JSON.stringify(tasksOf(items).map(task => [taskDigest(task), task.title])))
          .digest('hex')
          .slice(0, 32),
      })),
    ),
  }
}

const HINT = 'Make the plan anew (--check --plan FILE), review it, and apply that.'

const refusal = (reasons: readonly string[]): Refusal =>
  new Refusal(`the plan does not hold any more, and nothing was changed:\n${reasons.map(r => `  ${r}`).join('\n')}`, {
    hint: HINT,
  })

const idOf = (...parts: readonly (string | undefined)[]): string => JSON.stringify(parts)

/** How many differences are listed. */
const MOST = 50

const few = (reasons: readonly string[]): readonly string[] =>
  reasons.length > MOST ? [...reasons.slice(0, MOST), `and ${reasons.length - MOST} more`] : reasons

/** A saved plan, and the run that must keep to it. */
export class Binding implements RunBinding {
  readonly #plan: PlanContent
  readonly #steps: ReadonlyMap<string, SavedStep>

  constructor(plan: PlanContent) {
    this.#plan = plan
    this.#steps = new Map(plan.steps.map(step => [idOf(step.host, step.play, step.key), step]))
  }

  /** Whether there is anything to do, as far as the plan knows. */
  get empty(): boolean {
    return this.#plan.steps.every(({ state }) => state === 'ok')
  }

  /** Throws Refusal where the playbook or the inventory is not what it was, naming what. Before any connection. */
  checkInputs(hostsNow: readonly Host[], plays: readonly BuiltPlay[]): void {
    const now = inputsOf(hostsNow, plays, this.#plan.salt)
    const hosts = new Map(now.hosts.map(({ host, digest }) => [host, digest]))
    const tasks = new Map(now.tasks.map(({ play, host, digest }) => [idOf(play, host), digest]))
    const gone = this.#plan.hosts.flatMap(({ host, digest }) => {
      const is = hosts.get(host)
      hosts.delete(host)
      if (is === digest) return []
      return [
        is === undefined
          ? `host ${host} is not in the inventory any more`
          : `host ${host}: its vars, groups or address are not what they were`,
      ]
    })
    const other = this.#plan.tasks.flatMap(({ play, host, digest }) => {
      const is = tasks.get(idOf(play, host))
      tasks.delete(idOf(play, host))
      if (is === digest) return []
      return [
        `play "${play}" on ${host}: ${is === undefined ? 'it is not in the playbook any more' : 'its tasks are not what they were'}`,
      ]
    })
    const more = [
      ...[...hosts.keys()].map(host => `host ${host} is new in the inventory`),
      ...[...tasks.keys()].map(
        id => `play "${(JSON.parse(id) as string[])[0]}" on ${(JSON.parse(id) as string[])[1]} is new`,
      ),
    ]
    const reasons = few([...gone, ...other, ...more])
    if (reasons.length > 0) throw refusal(reasons)
  }

  /** Watches a check of the same playbook. `verdict` throws Refusal where that comes to another plan. */
  watch(): { readonly planned: RunContext['planned']; verdict(): void } {
    const seen = new Seen(digester(this.#plan.salt))
    return { planned: seen.planned, verdict: () => this.#compare(seen) }
  }

  /** Facts first, naming host, fact, then and now: where one moved, that is why the rest differs. */
  #compare(seen: Seen): void {
    const factId = ({ host, as, fact }: SavedFact) => idOf(host, as, fact)
    const now = new Map(seen.facts().map(fact => [factId(fact), fact]))
    const moved = this.#plan.facts.flatMap(then => {
      const is = now.get(factId(then))
      if (is?.digest === then.digest) return []
      return [`${then.host}: ${then.fact} was ${then.was}; now ${is ? `it is ${is.was}` : 'it cannot be told'}`]
    })
    if (moved.length > 0) throw refusal(few(moved))
    const steps = new Map(seen.steps().map(step => [idOf(step.host, step.play, step.key), step]))
    const differ = [...this.#steps].flatMap(([id, then]) => {
      const is = steps.get(id)
      if (is && is.state === then.state && JSON.stringify(is.changes) === JSON.stringify(then.changes)) return []
      return [`${then.host}: "${then.title}" was ${told(then)}; now ${is ? `it is ${told(is)}` : 'it is not planned'}`]
    })
    const unforeseen = [...steps].flatMap(([id, is]) =>
      this.#steps.has(id) || is.state === 'ok'
        ? []
        : [`${is.host}: "${is.title}" is ${told(is)}, and was not in the plan`],
    )
    if (differ.length + unforeseen.length > 0) throw refusal(few([...differ, ...unforeseen]))
  }

  /** Told of every step before it is applied. What was unknown may turn out as it likes; anything else as it was announced. */
  planned: RunContext['planned'] = (host, play, _on, planned) => {
    if (planned.state !== 'planned' || planned.changes.length === 0) return
    const then = this.#steps.get(idOf(host, play, planned.step.key))
    const is = savedStep(host, play, planned, digester(this.#plan.salt))
    if (then?.state === 'unknown') return
    if (then?.state === 'change' && JSON.stringify(is?.changes) === JSON.stringify(then.changes)) return
    throw new Refusal(
      `the plan announced ${then ? told(then) : 'nothing'} for this task, and it has come to ${is ? told(is) : 'nothing'}`,
      { hint: `What was done before it stays done. ${HINT}` },
    )
  }
}

const told = ({ state, changes, because }: SavedStep): string =>
  state === 'ok'
    ? 'no change'
    : state === 'unknown'
      ? `unknown (${because ?? 'no reason given'})`
      : changes.map(({ summary, digest }) => `"${summary}" (${digest.slice(0, 8)})`).join(', ')
