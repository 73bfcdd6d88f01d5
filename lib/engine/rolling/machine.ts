import { type Effect, type End, failed, out, type Roll, type RollEvent, type RollNode, room, waiting } from './roll.ts'
import { transitions } from './transitions.ts'

export interface Next {
  readonly roll: Roll
  /** To be done now, side by side. */
  readonly effects: readonly Effect[]
}

const still = (roll: Roll): Next => ({ roll, effects: [] })
const ended = (roll: Roll, end: End): Next => still({ ...roll, end })

const replace = (roll: Roll, node: RollNode): Roll => ({
  ...roll,
  nodes: roll.nodes.map(n => (n.host === node.host ? node : n)),
})

/** The roll after an event, and what is to be done now. Pure. Throws Error for an event that answers nothing that is done. */
export const next = (roll: Roll, event: RollEvent): Next => {
  if (event.type === 'interrupt') return still({ ...roll, end: roll.end ?? event.end ?? 'interrupted' })
  const node = roll.nodes.find(n => n.host === event.host)
  const row = node?.doing === 'look' && roll.end !== undefined ? 'look too late' : node?.doing
  const transition = row && transitions[row][event.type]
  if (!node || !transition)
    throw new Error(`rolling: ${event.type} of ${event.host} does not answer "${row ?? 'nothing'}"`)
  const reason = reasonOf(node, event)
  const after: RollNode = { ...node, doing: undefined, reason, ...transition(node) }
  const own = after.doing ? [{ do: after.doing, host: after.host }] : []
  const more = advance(node.doing === 'look' ? looked(roll, node, after) : replace(roll, after))
  return { roll: more.roll, effects: [...own, ...more.effects] }
}

/** A node that is being taken out for good keeps why; so does one that was found unhealthy and has nothing to change. */
const reasonOf = ({ doomed, reason }: RollNode, event: RollEvent): string | undefined => {
  if (doomed) return [reason, event.type !== 'interrupt' && event.reason].filter(Boolean).join('; ') || undefined
  return event.type === 'interrupt' ? reason : (event.reason ?? (event.type === 'nothing' ? reason : undefined))
}

/** A node begins, and takes its place in the batch; or the place is free again. The first to begin makes the batch count. */
const looked = (roll: Roll, before: RollNode, after: RollNode): Roll => {
  const open = roll.open!
  const batch = upcoming(roll)
  const placed = replace(roll, after.state === before.state ? after : { ...after, batch })
  return after.doing
    ? { ...placed, batch, open: { ...open, begun: true } }
    : { ...placed, open: { ...open, places: open.places + 1 } }
}

const upcoming = ({ batch, open }: Roll): number => (open?.begun ? batch : batch + 1)

/** Whatever can go on without waiting for an answer. */
const advance = (roll: Roll): Next => {
  const asking = roll.open === undefined
  if (roll.end !== undefined || (asking && roll.nodes.some(n => n.doing))) return still(roll)
  return asking ? judge(roll) : fill(roll)
}

/** Asks everybody's health, of whom it is not known already that somebody has to look at them: before each batch. */
export const ask = (roll: Roll): Next => {
  if (waiting(roll).length === 0) return ended(roll, 'finished')
  const asked = roll.nodes.filter(n => n.state !== 'failed')
  return {
    roll: { ...roll, open: undefined, nodes: roll.nodes.map(n => (asked.includes(n) ? { ...n, doing: 'ask' } : n)) },
    effects: asked.map(({ host }) => ({ do: 'ask', host })),
  }
}

/** Health is known: a batch is opened, or the roll ends. */
const judge = (roll: Roll): Next => {
  const { sizes, maxUnavailable, budget } = roll.rules
  if (waiting(roll).length === 0) return ended(roll, 'finished')
  const places = sizes[Math.min(roll.batch, sizes.length - 1)]!
  const opened: Roll = { ...roll, open: { places, chosen: false, begun: false } }
  const none = out(roll).length > maxUnavailable || !choose(opened)
  if (none) return ended(roll, roll.batch === 0 ? 'refused' : failed(roll).length >= budget ? 'budget' : 'room')
  return fill(opened)
}

/** Chooses nodes for the open batch. It is closed once nobody more fits in, and over when nobody is under way any more. */
const fill = (roll: Roll): Next => {
  const open = roll.open!
  const looking = roll.nodes.some(n => n.doing === 'look')
  const spent = failed(roll).length >= roll.rules.budget
  if (spent && (looking || waiting(roll).length > 0)) return ended(roll, 'budget')
  const chosen = open.places > 0 ? choose(roll) : undefined
  if (chosen) {
    const taken = { ...open, places: open.places - 1, chosen: true }
    const more = fill({ ...replace(roll, { ...chosen, doing: 'look' }), open: taken })
    return { roll: more.roll, effects: [{ do: 'look', host: chosen.host }, ...more.effects] }
  }
  if (looking) return still(roll)
  return roll.nodes.some(n => n.doing) ? still({ ...roll, open: { ...open, places: 0 } }) : ask(roll)
}

/**
 * Who is next. A node that is out already costs no room; where there is none for the first in the order, and nobody of the
 * batch is under way who could make some, such a node overtakes it.
 */
const choose = (roll: Roll): RollNode | undefined => {
  const [first, ...others] = waiting(roll)
  if (!first || first.out || room(roll) > 0) return first
  return roll.open?.chosen ? undefined : others.find(n => n.out)
}
