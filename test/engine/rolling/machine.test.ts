import test from 'ava'
import fc from 'fast-check'
import { ask, next } from '../../../lib/engine/rolling/machine.ts'
import { newRoll } from '../../../lib/engine/rolling/new-roll.ts'
import { isOver, type Roll, type Rules } from '../../../lib/engine/rolling/roll.ts'
import { transitions } from '../../../lib/engine/rolling/transitions.ts'
import type { NodeState } from '../../../lib/event.ts'
import { brokenBy } from './invariants.ts'
import { eventsOf, type Transition, walk } from './walk.ts'

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i + 1}`)

interface World {
  readonly nodes: number
  readonly sizes: readonly number[]
  readonly max: number
  readonly budget: number
  readonly bystanders?: number
  readonly earlier?: readonly NodeState[]
}

const rollOf = ({ nodes, sizes, max, budget, bystanders = 0, earlier = [] }: World): Roll => {
  const rules: Rules = { sizes, maxUnavailable: max, budget }
  const hosts = names(nodes)
  return newRoll(rules, {
    hosts,
    bystanders: names(bystanders).map(n => `by-${n}`),
    earlier: new Map(earlier.map((state, i) => [hosts[i]!, state])),
  })
}

const upTo3: readonly World[] = [1, 2, 3].flatMap(nodes =>
  [[1], [2], [1, 2], [3]].flatMap(sizes =>
    [1, 2, 3].flatMap(max => [1, 2].map(budget => ({ nodes, sizes, max, budget }))),
  ),
)
const worlds: readonly World[] = [
  ...upTo3,
  { nodes: 4, sizes: [1, 2], max: 2, budget: 2 },
  { nodes: 2, sizes: [1], max: 1, budget: 1, bystanders: 2 },
  { nodes: 2, sizes: [2], max: 2, budget: 2, bystanders: 1 },
  { nodes: 3, sizes: [1], max: 1, budget: 1, earlier: ['done', 'failed', 'waiting'] },
  { nodes: 3, sizes: [2], max: 2, budget: 2, earlier: ['unchanged', 'gating', 'soaking'] },
  { nodes: 4, sizes: [1, 2], max: 2, budget: 2, earlier: ['waiting', 'done', 'changing', 'failed'] },
]

// Some seconds each: all of them with BATON_WALK=full.
const more: readonly World[] = [
  { nodes: 4, sizes: [1], max: 1, budget: 1 },
  { nodes: 4, sizes: [2], max: 2, budget: 1 },
  { nodes: 4, sizes: [1, 3], max: 3, budget: 1 },
  { nodes: 4, sizes: [1], max: 2, budget: 3 },
  { nodes: 4, sizes: [4], max: 4, budget: 2 },
]

test('every event in every reachable state of up to four nodes keeps the promises', t => {
  t.timeout(300_000)
  const used = new Set<string>()
  const ends = new Set<string>()
  let [states, steps] = [0, 0]
  const check = (world: World) => (transition: Transition) => {
    const { before, event, after } = transition
    const wrong = brokenBy(transition)
    if (wrong.length > 0)
      t.fail(`${JSON.stringify(world)}\n${wrong.join('\n')}\n${JSON.stringify({ before, event, after }, null, 1)}`)
    if (event.type !== 'interrupt') {
      const { doing } = before.nodes.find(n => n.host === event.host)!
      used.add(`${doing === 'look' && before.end ? 'look too late' : doing} ${event.type}`)
    }
    if (isOver(after.roll)) ends.add(after.roll.end!)
  }
  const all = process.env.BATON_WALK === 'full' ? [...worlds, ...more] : worlds
  for (const world of all) {
    const walked = walk(rollOf(world), check(world))
    states += walked.states
    steps += walked.transitions
  }
  t.log(`${all.length} clusters, ${states} states, ${steps} transitions`)
  t.true(steps > 100_000)
  // (g) Nothing in the table is dead, and every way to end is reached.
  const table = Object.entries(transitions).flatMap(([doing, row]) => Object.keys(row).map(type => `${doing} ${type}`))
  t.deepEqual([...used].sort(), table.sort())
  t.deepEqual([...ends].sort(), ['budget', 'finished', 'interrupted', 'refused', 'room'])
})

test('a roll always ends: no state comes twice on any way', t => {
  // Each event moves some node on, or the roll to its end; so a way is never longer than the work there is.
  const longest = (nodes: number): number => {
    const first = ask(rollOf({ nodes, sizes: [1], max: 1, budget: nodes })).roll
    const depth = new Map<string, number>()
    const visit = (roll: Roll, above: ReadonlySet<string>): number => {
      const key = JSON.stringify(roll)
      if (above.has(key)) throw new Error(`a circle at ${key}`)
      const known = depth.get(key)
      if (known !== undefined) return known
      const deeper = new Set([...above, key])
      const events = eventsOf(roll, { interrupts: false })
      const below = Math.max(0, ...events.map(event => 1 + visit(next(roll, event).roll, deeper)))
      depth.set(key, below)
      return below
    }
    return visit(first, new Set())
  }
  t.notThrows(() => t.log(`at most ${longest(3)} events for three nodes`))
})

test('larger clusters keep the promises on any way through', t => {
  const world = fc.record({
    nodes: fc.integer({ min: 5, max: 14 }),
    sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
    max: fc.integer({ min: 1, max: 6 }),
    budget: fc.integer({ min: 1, max: 5 }),
    bystanders: fc.integer({ min: 0, max: 3 }),
    earlier: fc.array(fc.constantFrom<NodeState>('waiting', 'done', 'failed', 'gating', 'unchanged'), { maxLength: 5 }),
  })
  // Mostly good news, so that rolls get far; the choice among events is drawn too.
  const luck = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 99 })), { minLength: 30, maxLength: 400 })
  const run = (first: Roll, draws: readonly (readonly [number, number])[]): void => {
    let { roll } = ask(first)
    for (const [pick, chance] of draws) {
      if (isOver(roll)) return
      const all = eventsOf(roll, { interrupts: chance === 99 })
      const good = all.filter(e => e.type === 'passed')
      const some = chance < 92 && good.length > 0 ? good : all
      const event = some[pick % some.length]!
      const after = next(roll, event)
      const wrong = brokenBy({ before: roll, event, after })
      if (wrong.length > 0) throw new Error(wrong.join('\n'))
      roll = after.roll
    }
  }
  t.notThrows(() =>
    fc.assert(
      fc.property(world, luck, (w, draws) => run(rollOf(w), draws)),
      { numRuns: 500 },
    ),
  )
})
