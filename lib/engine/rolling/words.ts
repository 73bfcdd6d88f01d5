import type { ErrorReport } from '../../event.ts'
import { type End, failed, isFinal, out, type Roll, type RollNode } from './roll.ts'

const nodes = (count: number): string => (count === 1 ? '1 node' : `${count} nodes`)

const why = ({ host, reason }: RollNode): string => (reason ? `${host} (${reason})` : host)

const stopped = (end: End, roll: Roll): string => {
  const { budget, maxUnavailable } = roll.rules
  const lost = failed(roll).length
  switch (end) {
    case 'finished':
      return `${nodes(lost)} failed, and the budget is ${budget}`
    case 'budget':
      return `stopped: ${nodes(lost)} failed, and the budget is ${budget}`
    case 'room':
      return `stopped: ${nodes(out(roll).length)} of at most ${maxUnavailable} are out, so no other may be taken out`
    case 'refused':
      return 'the run was refused'
    case 'interrupted':
      return 'interrupted'
  }
}

const kinds: readonly (readonly [string, (node: RollNode) => boolean])[] = [
  ['done', n => n.state === 'done'],
  ['unchanged', n => n.state === 'unchanged'],
  ['failed, and stays out', n => n.state === 'failed' && n.out],
  ['failed, and was not taken out', n => n.state === 'failed' && !n.out],
  ['left in mid-way', n => !isFinal(n) && n.state !== 'waiting'],
  ['untouched', n => n.state === 'waiting'],
]

/** Where each node is when the roll did not go through well. Undefined: it did. */
export const closing = (play: string, roll: Roll): string | undefined => {
  const end = roll.end ?? 'interrupted'
  const own = roll.nodes.filter(n => !n.bystander)
  if ((end === 'refused' && roll.batch === 0) || (end === 'finished' && own.every(n => n.state !== 'failed')))
    return undefined
  const lists = kinds.flatMap(([title, is]) => {
    const some = own.filter(is)
    const shown = some.map(n =>
      n.state === 'failed' ? why(n) : isFinal(n) || n.state === 'waiting' ? n.host : `${n.host} (${n.state})`,
    )
    return shown.length > 0 ? [`${title}: ${shown.join(', ')}`] : []
  })
  return `rolling "${play}": ${stopped(end, roll)}. ${lists.join('; ')}`
}

/** A roll that must not begin: too many nodes are out already. */
export const refusal = (play: string, roll: Roll): ErrorReport => {
  const gone = out(roll)
  const [are, it] = gone.length === 1 ? ['is', 'it'] : ['are', 'them']
  return {
    kind: 'refused',
    message: `rolling "${play}" cannot begin: ${gone.map(why).join('; ')} ${are} out already, and at most ${roll.rules.maxUnavailable} of ${roll.nodes.length} may be`,
    hint: `Repair ${it} first, or allow more in maxUnavailable.`,
  }
}
