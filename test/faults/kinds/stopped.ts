import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault, Kind } from '../campaign.ts'
import { brief, LEASE_SECONDS, runOf } from '../trial.ts'
import { spread } from './killed.ts'

/** SIGSTOP past the lease; another run takes over, does its work, and then the first wakes up. */
export const stoppedAt = (at: number): Fault => ({
  name: `stopped at record ${at}`,
  options: () => ({ tokens: ['b'] }),
  async inject(trial) {
    const first = trial.start({ fault: { at, how: 'stop' } })
    while (!first.stopped && !first.over) await sleep(50)
    await sleep((LEASE_SECONDS + 2) * 1000)
    const next = await trial.end(trial.start({ token: 'b' }), 'b')
    if (next.code !== 0) trial.found(`it was not taken over: ${next.code}: ${brief(next)}`)
    const before = trial.told()
    first.signal('SIGCONT')
    const woken = await trial.end(first)
    if (woken.code !== 5) trial.found(`woken up it came to ${woken.code}: ${brief(woken)}`)
    if (!/lease|taken over|refused/.test(brief(woken))) trial.found(`it does not say why: ${brief(woken)}`)
    if (trial.told() !== before) trial.found(`woken up it went on: before ${before}; after ${trial.told()}`)
    for (const wrong of trial.missing('b')) trial.found(`of the run that took over: ${wrong}`)
    // Its files are to be changed once more, and so is notified who ran before it was stopped.
    for (const { name } of trial.stage.hosts) trial.mayRepeat(name, 'handler')
    // Its own turn comes when it is resumed, which does not do again what it did.
    await trial.goOn({ run: runOf(woken) })
    await trial.checkEnd()
  },
})

export const stopped: Kind = {
  name: 'stopped past its lease',
  about: 'SIGSTOP, another run takes over, SIGCONT: refused on the hosts',
  faults: ({ records }, count = 12) => spread(records - 50, count).map(at => stoppedAt(at + 35)),
}
