import { setTimeout as sleep } from 'node:timers/promises'
import type { LabHost } from '../../lab/lab.ts'
import type { Fault, Kind } from '../campaign.ts'
import { spread } from './killed.ts'

const keepalive = { intervalMs: 700, count: 2 }

interface Trouble {
  readonly name: string
  /** A command may end with it unseen. */
  readonly ends: boolean
  strike(host: LabHost): Promise<void>
}

const troubles: readonly Trouble[] = [
  {
    name: 'sshd restarted',
    ends: false,
    strike: async host => void (await host.run(['systemctl', 'restart', 'ssh'])),
  },
  {
    name: 'session killed',
    ends: false,
    // Inside the host's own namespace of processes.
    strike: async host => void (await host.exec(['pkill', '-KILL', '-f', '^sshd-session: admin'])),
  },
  {
    name: 'partition',
    ends: false,
    async strike(host) {
      await host.partition()
      await sleep(4000)
      await host.heal()
    },
  },
  {
    name: 'power cut',
    ends: true,
    async strike(host) {
      await host.powerCut()
      await host.start()
    },
  },
  { name: 'reboot', ends: true, strike: host => host.reboot() },
]

/** Strikes one of the two hosts once the run has said so many things. */
const strikeAt = ({ name, ends, strike }: Trouble, at: number): Fault => ({
  name: `${name} after event ${at}`,
  async inject(trial, random) {
    const host = random.one(trial.stage.hosts)
    const controller = trial.start({ fault: { keepalive } })
    await controller.until(events => events.length >= at)
    await strike(host)
    const ended = await trial.end(controller)
    if (ended.code !== 0) await trial.goOn({ mayDoubt: ends })
    // What a host without power was about to rename into its place stays where it is.
    await trial.checkEnd({ leftBehind: !ends })
  },
})

export const hosts: Kind = {
  name: 'host in trouble',
  about: 'sshd restarted, its session killed, partition, power cut, reboot, in mid-play',
  faults: ({ records }, count = 30) =>
    spread(records - 5, count).map((at, i) => strikeAt(troubles[i % troubles.length]!, at)),
}
