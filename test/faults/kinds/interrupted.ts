import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault, Kind } from '../campaign.ts'
import { processesLeft } from '../quiet.ts'
import { brief, doubtsOf } from '../trial.ts'

/** What comes sooner after a first Ctrl-C is taken for the same one. */
const APART_MS = 350

const names = ['once', 'twice', 'three times']

/** `share` of a run's events are waited for. */
export const interruptAt = (times: 1 | 2 | 3, at: number | 'slow'): Fault => ({
  name: `${names[times - 1]} ${at === 'slow' ? 'in the long command' : `after event ${at}`}`,
  async inject(trial, random) {
    const pause = at === 'slow' ? 1 : 0.3
    const controller = trial.start({ pause })
    await controller.until(events =>
      at === 'slow' ? events.some(e => e.type === 'output' && e.title === 'slow') : events.length >= at,
    )
    for (let i = 0; i < times; i++) {
      controller.signal('SIGINT')
      if (i < times - 1) await sleep(APART_MS + random.between(0, 300))
    }
    const ended = await trial.end(controller)
    // One that comes when the run is over ends the process as it ends any.
    const late = times === 3 && ended.signal === 'SIGINT'
    if (ended.code !== 130 && ended.code !== 0 && !late) trial.found(`exit code ${ended.code}: ${brief(ended)}`)
    if (ended.code === 0) return trial.checkEnd()
    const sent = ended.events.some(e => e.type === 'sent')
    const told = ended.events.some(e => e.type === 'notice' && /--resume/.test(e.text))
    if (sent && times < 3 && !told) trial.found('it is not said how to go on')
    if (times === 1 && doubtsOf(ended.events).length > 0)
      trial.found(`what was in flight was not finished: ${doubtsOf(ended.events)}`)
    if (times === 2) for (const one of await processesLeft(trial.stage.hosts, 5000)) trial.found(`not ended: ${one}`)
    await trial.goOn({ mayDoubt: times > 1, pause })
    await trial.checkEnd()
  },
})

export const interrupted: Kind = {
  name: 'Ctrl-C',
  about: 'once: what is in flight is finished. Twice: what runs on the hosts is ended. Three times: it leaves',
  faults: ({ records }, count = 24) =>
    Array.from({ length: count }, (_, i) => {
      const times = ((i % 3) + 1) as 1 | 2 | 3
      return interruptAt(times, i % 4 === 3 ? 'slow' : 1 + Math.floor((i * (records - 1)) / count))
    }),
}
