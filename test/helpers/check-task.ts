import type { ExecutionContext } from 'ava'
import type { Change } from '../../lib/changes/change.ts'
import { type Facts, Unknown } from '../../lib/dsl/facts.ts'
import type { Task } from '../../lib/dsl/task.ts'
import { keepsClaim } from '../../lib/facts/fact.ts'
import { expectedFacts } from './expected-facts.ts'
import { localFacts, localRun } from './local-run.ts'

const summaries = (changes: readonly Change[]) => changes.map(c => c.summary)

/** The plan has these summaries, and a second plan, made from what the first claims, is empty. */
export const planned = async (t: ExecutionContext, task: Task, facts: Facts, summariesWanted: readonly string[]) => {
  const changes = await task.plan(facts)
  t.deepEqual(summaries(changes), [...summariesWanted])
  t.deepEqual(summaries(await task.plan(expectedFacts(facts, changes))), [], 'planned twice')
  return changes
}

/** A second plan is empty, or unknown where the first says that it makes something unknown. */
const plannedAgain = async (t: ExecutionContext, task: Task, facts: Facts, changes: readonly Change[]) => {
  try {
    t.deepEqual(summaries(await task.plan(expectedFacts(facts, changes))), [], 'planned twice before it is applied')
  } catch (error) {
    if (!(error instanceof Unknown)) throw error
    t.true(
      changes.some(c => c.doubts.length > 0),
      error.message,
    )
  }
}

/** The shells that every script must work in. */
export const shells = [['dash'], ['bash']] as const

/**
 * Applies the task to this machine: what its changes claim is what the facts say afterwards, and a second plan is empty.
 * Gives what was applied.
 */
export const applied = async (
  t: ExecutionContext,
  task: Task,
  shell: readonly string[],
  facts: Facts = localFacts(shell),
): Promise<readonly Change[]> => {
  const changes = await task.plan(facts)
  await plannedAgain(t, task, facts, changes)
  for (const { command, summary, makes } of changes) {
    const { code, stderr } = await localRun(command, shell)
    t.is(code, 0, `${summary}: ${stderr}`)
    t.true(makes.length > 0, `${summary} claims nothing`)
  }
  const last = new Map(changes.flatMap(c => c.makes).map(c => [c.fact.key, c]))
  for (const { fact, answer } of last.values()) {
    const observed = await facts.get(fact)
    t.true(keepsClaim(fact, answer, observed), `${fact.key}: claimed ${show(answer)}, is ${show(observed)}`)
  }
  t.deepEqual(summaries(await task.plan(facts)), [], 'planned again after it was applied')
  return changes
}

const show = (value: unknown) => JSON.stringify(value).slice(0, 300)
