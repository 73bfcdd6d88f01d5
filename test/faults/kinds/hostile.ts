import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault, Kind } from '../campaign.ts'
import { type Manner, manners, startHostile } from '../hostile-host.ts'
import { writeInventory } from '../stage.ts'
import { brief } from '../trial.ts'

/** A controller has about 170 MiB when all is well, and keeps up to 16 MiB of what each of two streams says. */
export const MOST_KIB = 500 * 1024
const MOST_JOURNAL = 50_000_000

export const meet = (manner: Manner): Fault => ({
  name: manner,
  async inject(trial) {
    const host = await startHostile(manner)
    try {
      const [{ name }] = trial.stage.hosts
      const known = { ssh_known_hosts_file: join(trial.folder, 'seen'), ssh_host_key_policy: 'accept-new' }
      const inventory = writeInventory(trial.stage, join(trial.folder, 'hostile'), {
        ways: { [name]: host.way },
        vars: known,
      })
      const controller = trial.start({ inventory, fault: { keepalive: { intervalMs: 700, count: 2 } } })
      // Who talks without end is listened to for as long as a command may take: then a person loses patience.
      for (const wait of [40_000, 500, 3000, 500]) {
        await Promise.race([controller.ended, sleep(wait)])
        controller.signal('SIGINT')
      }
      const ended = await trial.end(controller)
      if (ended.code === 0 || ended.code === null) trial.found(`exit code ${ended.code}: ${brief(ended)}`)
      if (trial.lines().size > 0) trial.found(`something was done: ${trial.told()}`)
      if (ended.mostKib > MOST_KIB) trial.found(`the controller had ${Math.round(ended.mostKib / 1024)} MiB`)
      for (const file of readdirSync(trial.journals))
        if (statSync(join(trial.journals, file)).size > MOST_JOURNAL) trial.found(`${file} has no end`)
    } finally {
      await host.close()
    }
    await trial.checkEnd({ done: false })
  },
})

export const hostile: Kind = {
  name: 'hostile host',
  about: 'a stand-in that answers garbage, or without end, or what no host would',
  faults: (_, count = manners.length) => manners.slice(0, count).map(meet),
}
