import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault, Kind } from '../campaign.ts'
import type { Ended } from '../controller-process.ts'
import { brief, runOf } from '../trial.ts'

/** Two runs of one playbook at once, each with a word of its own; `first` is started so many milliseconds sooner. */
export const twoRuns = (first: 'a' | 'b', ms: number): Fault => ({
  name: `${first} is ${ms} ms ahead`,
  options: () => ({ tokens: ['b'] }),
  async inject(trial) {
    const tokens = { a: trial.token, b: 'b' }
    const start = (which: 'a' | 'b') => trial.start({ token: tokens[which] })
    const one = start(first)
    await sleep(ms)
    const other = first === 'a' ? 'b' : 'a'
    const two = start(other)
    const ended = { [first]: await trial.end(one, tokens[first]), [other]: await trial.end(two, tokens[other]) }
    const of = (which: 'a' | 'b'): Ended => ended[which]!
    const winner = of('a').code === 0 ? 'a' : 'b'
    const loser = winner === 'a' ? 'b' : 'a'
    if (of(winner).code !== 0 || of(loser).code !== 5)
      trial.found(`exit codes ${of('a').code} and ${of('b').code}: ${brief(of('a'))} / ${brief(of('b'))}`)
    if (!brief(of(loser)).includes(runOf(of(winner)))) trial.found(`it is not said who: ${brief(of(loser))}`)
    for (const [line] of trial.lines())
      if (line.includes(` ${tokens[loser]} `)) trial.found(`the one that was refused did something: ${line}`)
    await trial.checkEnd({ token: tokens[winner] })
  },
})

export const double: Kind = {
  name: 'two runs at once',
  about: 'one is refused with exit code 5 and says who is in its way; nothing of it is done',
  faults: (_, count = 10) =>
    Array.from({ length: count }, (_, i) =>
      twoRuns(i % 2 ? 'b' : 'a', [0, 0, 20, 60, 120, 200, 300, 400, 600, 900][i % 10]!),
    ),
}
