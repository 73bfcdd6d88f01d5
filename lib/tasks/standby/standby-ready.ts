import { z } from 'zod'
import { defineTask, type Facts } from '../../dsl/index.ts'
import { Refusal } from '../../errors.ts'
import { clock } from '../../facts/clock.ts'
import { diskSpace } from '../../facts/disk-space.ts'
import { unit } from '../../facts/unit.ts'
import { linkedDirectory } from '../artifactory/linked-directory.ts'
import { varDirectory } from '../artifactory/var-directory.ts'
import { artifactoryVersion } from '../artifactory/version.ts'
import { absolutePath } from '../params.ts'

const params = z.strictObject({
  active: z.string(),
  home: absolutePath,
  service: z.string(),
  filestorePath: z.string(),
  maxClockSkewSeconds: z.number(),
})

const gibibytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`

/** Enough room for what the active's file system holds now, whether it was copied before or not. */
const room = async (facts: Facts, active: Facts, home: string, filestorePath: string): Promise<string | false> => {
  const at = async (host: Facts) => host.get(diskSpace(`${await varDirectory(host, home)}/${filestorePath}`))
  const [here, there] = await Promise.all([at(facts), at(active)])
  const used = there.totalBytes - there.availableBytes
  return (
    here.totalBytes < used &&
    `${here.mountPoint} has ${gibibytes(here.totalBytes)}, the active's filestore is on a file system with ${gibibytes(used)} in use`
  )
}

/** The clocks are compared over this machine's; what the measurement cannot tell counts in favour. */
const skew = async (facts: Facts, active: Facts, limit: number): Promise<string | false> => {
  const [here, there] = await Promise.all([facts.get(clock), active.get(clock)])
  const apart = Math.abs(here.offsetMs - there.offsetMs)
  return (
    apart - here.uncertaintyMs - there.uncertaintyMs > limit * 1000 &&
    `its clock and the active's are ${(apart / 1000).toFixed(1)} s apart, ${limit} s at most are allowed`
  )
}

/** The host can be the standby of the active: the same Artifactory, not running, with room, and with the same time. */
export const standbyReady = defineTask({
  name: 'standbyReady',
  params,
  title: p => `can be the standby of ${p.active}`,
  async plan({ active: name, home, service, filestorePath, maxClockSkewSeconds }, facts) {
    const active = facts.on(name)
    const [here, there, state, tooSmall, apart] = await Promise.all([
      artifactoryVersion(facts, home),
      artifactoryVersion(active, home),
      facts.get(unit(service)),
      room(facts, active, home, filestorePath),
      skew(facts, active, maxClockSkewSeconds),
    ])
    const link = await linkedDirectory(facts, await varDirectory(facts, home), filestorePath)
    const wrong = [
      here === undefined
        ? `no Artifactory is installed in ${home}`
        : here !== there && `it has Artifactory ${here}, the active ${there ?? 'none'}`,
      !['inactive', 'failed'].includes(state.active) &&
        `${service} runs here (${state.active}): two actives, or the roles are the wrong way round`,
      link !== undefined && `${link} is a link, which a copy would replace: mount there what it leads to`,
      tooSmall,
      apart,
    ].filter(reason => typeof reason === 'string')
    if (wrong.length > 0)
      throw new Refusal(`${facts.host} cannot be the standby of ${active.host}: ${wrong.join('; ')}`)
    return []
  },
})
