import { isFinal, type Roll } from './roll.ts'

/** How many batches there will be, as far as can be told: each as large as its place allows, and all with something to do. */
export const forecast = ({ nodes, rules, batch }: Roll): number => {
  const lost = nodes.filter(n => n.out && (n.bystander || n.state === 'failed')).length
  const most = Math.max(1, rules.maxUnavailable - lost)
  let left = nodes.filter(n => !n.bystander && !isFinal(n) && n.state === 'waiting').length
  let count = batch
  while (left > 0) {
    left -= Math.min(most, rules.sizes[Math.min(count, rules.sizes.length - 1)]!)
    count++
  }
  return Math.max(count, 1)
}
