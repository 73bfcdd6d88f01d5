import { isOver, type Roll, type RollNode } from '../../../lib/engine/rolling/roll.ts'
import type { NodeState } from '../../../lib/event.ts'
import type { Transition } from './walk.ts'

const outOf = (roll: Roll): number => roll.nodes.filter(n => n.out).length
const find = (roll: Roll, host: string): RollNode => roll.nodes.find(n => n.host === host)!
const final: readonly NodeState[] = ['done', 'unchanged', 'failed']
const begun = (n: RollNode): boolean => !n.bystander && n.state !== 'waiting' && n.state !== 'unchanged'

/** What must be true of every transition, in words of its own: nothing here asks the machine what it thinks. */
export const brokenBy = ({ before, event, after: { roll, effects } }: Transition): readonly string[] => {
  const wrong: string[] = []
  const must = (holds: boolean, what: string): unknown => holds || wrong.push(what)
  const { maxUnavailable, budget } = roll.rules
  const subject = event.type === 'interrupt' ? undefined : find(before, event.host)
  const starting = roll.nodes.filter(n => begun(n) && find(before, n.host).state === 'waiting' && n.state !== 'failed')
  const looked = effects.filter(e => e.do === 'look').map(e => find(roll, e.host))

  // (a) Only what is found out about a node may put more of them out than are allowed to be.
  if (outOf(roll) > outOf(before) && subject?.doing !== 'ask')
    must(outOf(roll) <= maxUnavailable, `(a) ${outOf(roll)} are out of at most ${maxUnavailable}`)
  if (starting.length > 0) must(outOf(roll) <= maxUnavailable, '(a) a node begins while too many are out')

  // (b) Whoever begins finds everybody of an earlier batch at its end, and health known.
  for (const one of starting) {
    must(!before.nodes.some(n => n.doing === 'ask'), `(b) ${one.host} begins before health is known`)
    const earlier = roll.nodes.filter(n => begun(n) && n.batch > 0 && n.batch < one.batch)
    must(
      earlier.every(n => final.includes(n.state) && !n.doomed),
      `(b) ${one.host} begins while the batch before it is not over`,
    )
    const size = roll.rules.sizes[Math.min(one.batch, roll.rules.sizes.length) - 1]!
    const fellows = roll.nodes.filter(n => n.batch === one.batch && begun(n) && n.state !== 'failed')
    must(fellows.length <= size, `(b) ${fellows.length} in a batch of ${size}`)
  }

  // (c) Nothing begins once the budget is spent, the run was interrupted, or there is no room.
  const failures = (of: Roll) => of.nodes.filter(n => !n.bystander && (n.state === 'failed' || n.doomed)).length
  if (before.end !== undefined || failures(before) >= budget)
    must(starting.length === 0, '(c) a node begins after the end')
  if (before.end !== undefined || failures(roll) >= budget) must(looked.length === 0, '(c) another node is looked at')
  if (before.end !== undefined) must(roll.end === before.end, '(c) the reason of the end changes')
  // What is in flight is finished.
  for (const n of before.nodes)
    if (n.doing && n !== subject) must(find(roll, n.host).doing === n.doing, `(c) ${n.host} is dropped in mid-way`)

  // (d) Unreachable counts as failed.
  if (event.type === 'unreachable' && subject) {
    const now = find(roll, subject.host)
    must(now.out, '(d) an unreachable node counts as there')
    must(subject.bystander || now.state === 'failed' || now.doomed, '(d) an unreachable node has not failed')
  }

  // (e) A failed node stays failed, and out where it was; nobody touches it, and it is never put back.
  for (const n of before.nodes) {
    const now = find(roll, n.host)
    if (n.state === 'failed') must(now.state === 'failed' && now.out === n.out, `(e) ${n.host} is no longer failed`)
    if (n.state === 'failed') must(!effects.some(e => e.host === n.host), `(e) ${n.host} has failed and is touched`)
    if (n.doomed) must(now.doomed || now.state === 'failed', `(e) ${n.host} failed and is forgiven`)
    if (n.doomed) must(!effects.some(e => e.host === n.host), `(e) ${n.host} failed and goes on`)
    if (n.bystander) must(!effects.some(e => e.host === n.host && e.do !== 'ask'), `(e) ${n.host} is not rolled`)
  }
  must(
    !effects.some(e => e.do === 'return') || (subject?.doing === 'gate' && event.type === 'passed'),
    '(e) a node is put back whose gate has not held',
  )

  // (f) Nobody overtakes, but a node that is out already, when there is no room for the first.
  for (const one of looked) {
    const passed = roll.nodes.slice(0, roll.nodes.indexOf(one)).filter(n => !n.bystander && n.state === 'waiting')
    const idle = passed.filter(n => n.doing === undefined)
    must(
      idle.length === 0 || (one.out && !idle.some(n => n.out) && outOf(roll) >= maxUnavailable),
      `(f) ${one.host} overtakes ${idle.map(n => n.host).join(', ')}`,
    )
  }

  // Unchanged nodes were never taken out; a node comes back through its gate only.
  for (const n of before.nodes) {
    const now = find(roll, n.host)
    if (now.state === 'unchanged' && n.state !== 'unchanged') must(!n.out && !now.out, 'an unchanged node is out')
    if (now.state === 'done' && n.state !== 'done') must(n.state === 'soaking' && !now.out, 'done without a soak')
    if (now.held) must(now.out, 'what an earlier run left out counts as there')
    if (n.held && !now.held) must(n.state === 'returning', 'what an earlier run left out is forgotten')
  }

  // It never stands still: it is over, or something is under way.
  must(isOver(roll) || roll.nodes.some(n => n.doing), 'nothing is under way, and it is not over')
  must(!roll.nodes.some(n => final.includes(n.state) && n.doing && n.doing !== 'ask'), 'a finished node is worked on')
  if (isOver(roll) && roll.end === 'finished')
    must(
      roll.nodes.every(n => n.bystander || final.includes(n.state)),
      'finished, with nodes that are not',
    )
  return wrong
}
