import { readdirSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { Fault, Kind } from '../campaign.ts'
import type { Trial } from '../trial.ts'

const killed = async (trial: Trial, how: 'kill before' | 'kill after', at: number): Promise<void> => {
  const { code, signal } = await trial.end(trial.start({ fault: { at, how } }))
  // Fewer records than in the run that was counted: it came to its end.
  if (signal !== 'SIGKILL' && code !== 0) trial.found(`not killed, and exit code ${code}`)
}

/** The last line of the journal loses so much of its end as a crash of the machine may take. */
const tear = (trial: Trial, share: number): void => {
  const [name] = readdirSync(trial.journals)
  if (!name) return
  const file = join(trial.journals, name)
  const text = readFileSync(file, 'utf8')
  const last = text.trimEnd().split('\n').at(-1) ?? ''
  truncateSync(file, Buffer.byteLength(text) - 1 - Math.floor(share * Buffer.byteLength(last)))
}

export const killAt = (how: 'kill before' | 'kill after', at: number): Fault => ({
  name: `${how} record ${at}`,
  async inject(trial) {
    await killed(trial, how, at)
    await trial.goOn()
    await trial.checkEnd()
  },
})

const tornAt = (at: number): Fault => ({
  name: `record ${at} torn`,
  async inject(trial, random) {
    await killed(trial, 'kill after', at)
    tear(trial, random.next())
    await trial.goOn()
    await trial.checkEnd()
  },
})

/** A run that is killed, and the one that goes on is killed too. */
const twiceAt = (at: number): Fault => ({
  name: `killed twice, first after ${at}`,
  async inject(trial, random) {
    await killed(trial, 'kill after', at)
    const fault = { at: random.between(5, 60), how: random.one(['kill before', 'kill after'] as const) }
    const again = await trial.end(trial.start({ fault, argv: ['--resume'] }))
    if (again.signal !== 'SIGKILL' && again.code !== 0) trial.found(`resumed run came to ${again.code}`)
    await trial.goOn()
    await trial.checkEnd()
  },
})

/** `most` numbers from 1 to `last`, evenly; all, where that is enough. */
export const spread = (last: number, most = last): readonly number[] => [
  ...new Set(Array.from({ length: Math.min(most, last) }, (_, i) => 1 + Math.floor((i * last) / Math.min(most, last)))),
]

export const killedBefore: Kind = {
  name: 'killed before a record',
  about: 'kill -9 before the n-th record of the journal is written, every n',
  faults: ({ records }, count) => spread(records, count).map(at => killAt('kill before', at)),
}

export const killedAfter: Kind = {
  name: 'killed after a record',
  about: 'kill -9 when the n-th record has been written, every n',
  faults: ({ records }, count) => spread(records, count).map(at => killAt('kill after', at)),
}

export const torn: Kind = {
  name: 'torn record',
  about: 'the last record of the journal is cut off in its middle',
  faults: ({ records }, count = 12) => spread(records, count).map(tornAt),
}

export const killedTwice: Kind = {
  name: 'killed twice',
  about: 'kill -9, and again in the run that goes on',
  faults: ({ records }, count = 12) => spread(records, count).map(twiceAt),
}
