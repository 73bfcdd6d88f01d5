import type { Fault, Kind } from '../campaign.ts'
import { type Cut, cuts, startProxies } from '../proxies.ts'
import { writeInventory } from '../stage.ts'
import { brief, doubtsOf } from '../trial.ts'

const keepalive = { intervalMs: 700, count: 2 }

/** The connection to one of the two hosts is cut after byte `at`; then the network is whole again, and the run goes on. */
export const cutAt = (how: Cut, at: number): Fault => ({
  name: `${how} after byte ${at}`,
  async inject(trial) {
    const proxies = await startProxies(trial.stage, { after: at, how })
    try {
      const inventory = writeInventory(trial.stage, `${trial.folder}/cut`, { ways: proxies.ways })
      const ended = await trial.end(trial.start({ inventory, fault: { keepalive } }))
      const struck = proxies.all[0]?.struck()
      if (struck && ended.code === 0 && trial.missing().length > 0) trial.found('cut, and exit code 0')
      if (!struck && ended.code !== 0) trial.found(`not cut, and exit code ${ended.code}: ${brief(ended)}`)
      if (ended.code === null) trial.found(`ended by ${ended.signal}`)
      // Somebody must be told where it is not known what was done.
      if (ended.code === 2 && doubtsOf(ended.events).length > 0) trial.found('unknown, and exit code 2')
      for (const proxy of proxies.all) proxy.heal()
      if (ended.code !== 0) await trial.goOn({ inventory })
    } finally {
      await proxies.close()
    }
    await trial.checkEnd()
  },
})

/** Evenly spread over the bytes of a run, each kind of cut in turn; where in its part each lies is left to chance. */
export const cut: Kind = {
  name: 'connection cut',
  about: 'RST, FIN, silent drop, half-open, one direction dead, after byte k of a whole run',
  faults: ({ bytes }, count = 84) =>
    Array.from({ length: count }, (_, i) => {
      const part = bytes / count
      // Weyl's sequence: spread within its part, and the same each time.
      return cutAt(cuts[i % cuts.length]!, Math.floor((i + ((i * 0.618) % 1)) * part))
    }),
}
