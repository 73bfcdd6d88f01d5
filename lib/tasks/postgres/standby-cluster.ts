import { z } from 'zod'
import { change, claim } from '../../changes/change.ts'
import { unitChanges } from '../../changes/unit-state.ts'
import { defineTask, type Facts, Unknown } from '../../dsl/index.ts'
import { Refusal } from '../../errors.ts'
import { content } from '../../facts/content.ts'
import { digest } from '../../facts/digest.ts'
import { path } from '../../facts/path.ts'
import { type ClusterState, cluster as clusterFact } from '../../facts/postgres/cluster.ts'
import { recoveryTarget } from '../../facts/postgres/recovery-target.ts'
import { serverIdentity } from '../../facts/postgres/server-identity.ts'
import { unit } from '../../facts/unit.ts'
import { absolutePath } from '../params.ts'
import { available } from './available.ts'
import { baseBackup } from './base-backup.ts'
import { clusterParams, configurationOf, dataOf, roleName } from './cluster-params.ts'
import { holdFile } from './hold-file.ts'

const params = z.strictObject({
  ...clusterParams,
  from: z.string().describe('Host or group of the primary'),
  fromPort: z.number().int().default(5432),
  address: z.string().describe('How the standby reaches the primary'),
  user: roleName,
  passfile: absolutePath,
  slot: z.string(),
  forget: z.array(absolutePath).default([]).describe('Files about an earlier standby, which a new one makes untrue'),
  stop: z.array(z.string()).default([]).describe('Units that work on the standby, and must not while it is made'),
  timeoutSeconds: z.number().int().default(86_400).describe('For the whole base backup'),
})

const refuse = (facts: Facts, data: string, why: string): never => {
  throw new Refusal(`${data} on ${facts.host} ${why}; nothing is copied over it`, {
    hint: 'If it is not needed any more, move it away and run again.',
  })
}

/** Is this already a standby of that cluster? Throws where the data directory is anything that must not be replaced. */
const isStandbyOf = (facts: Facts, data: string, now: ClusterState, systemIdentifier: string): boolean => {
  if (now.data === 'foreign') refuse(facts, data, 'is not empty and holds no PostgreSQL cluster')
  if (now.data !== 'cluster') return false
  if (now.systemIdentifier !== systemIdentifier)
    refuse(facts, data, `holds another cluster, ${now.systemIdentifier} instead of ${systemIdentifier}`)
  if (!now.standby) refuse(facts, data, 'holds a primary (no standby.signal)')
  return now.configured
}

/**
 * A standby of another host's cluster, made by a base backup into an absent or empty data directory, and not started. The
 * copy lands beside its place and is renamed when it is complete, so that a killed one never looks like a cluster; the host
 * looks again right before it begins and right before the renaming.
 * Source: https://www.postgresql.org/docs/current/app-pgbasebackup.html
 */
export const standbyCluster = defineTask({
  name: 'standbyCluster',
  params,
  title: p => `standby of ${p.from}'s PostgreSQL`,
  async plan(p, facts) {
    const data = dataOf(p)
    const fact = clusterFact({ version: p.version, name: p.cluster, dataDirectory: data })
    const [now, answer, units] = await Promise.all([
      facts.get(fact),
      facts.on(p.from).get(serverIdentity({ port: p.fromPort })),
      Promise.all(p.stop.map(async name => ({ name, state: await facts.get(unit(name)) }))),
    ])
    const primary = available(answer, `the cluster of ${p.from}`)
    if (primary.inRecovery) throw new Refusal(`the PostgreSQL of ${p.from} is itself a standby`)
    if (primary.major !== p.version)
      throw new Refusal(`${p.from} runs PostgreSQL ${primary.major}, the standby would be ${p.version}`)
    if (isStandbyOf(facts, data, now, primary.systemIdentifier)) return []
    if (!now.installed) throw new Unknown(`the cluster ${data}`, `PostgreSQL ${p.version} is installed`)
    const stops = units
      .filter(({ state }) => state.load !== 'not-found')
      .flatMap(({ name, state }) => unitChanges(name, state, { running: false }, 300))
    const holds = [path, digest, content, recoveryTarget].map(kind => kind(holdFile(p)).key)
    return [
      ...stops,
      change({
        summary: `copy the cluster of ${p.from} (${Math.ceil(primary.bytes / 1024 / 1024)} MiB) to ${data}`,
        command: {
          script: baseBackup,
          guarded: true,
          args: [
            p.version,
            p.cluster,
            data,
            p.address,
            `${p.fromPort}`,
            p.user,
            p.passfile,
            p.slot,
            `${p.port}`,
            primary.systemIdentifier,
            ...p.forget,
          ],
          timeoutMs: p.timeoutSeconds * 1000,
        },
        makes: [
          claim(fact, {
            installed: true,
            configured: true,
            data: 'cluster',
            standby: true,
            running: false,
            systemIdentifier: primary.systemIdentifier,
          }),
          // Of an earlier standby. Not read back: a later task of the same batch writes the new one.
          claim(path(holdFile(p)), { type: 'absent' }, { verify: false }),
          claim(digest(holdFile(p)), { sha256: undefined }, { verify: false }),
          claim(content(holdFile(p)), { size: undefined, bytes: undefined }, { verify: false }),
          claim(recoveryTarget(holdFile(p)), { position: undefined }, { verify: false }),
        ],
        doubts: [
          {
            about: `what is in the new cluster ${data}`,
            covers: (f, was) =>
              f.key !== fact.key &&
              !holds.includes(f.key) &&
              (f.kind.kind.startsWith('postgres-') ||
                // What a killed run left configured is made anew.
                (f.key.includes(configurationOf(p)) && (!now.configured || (f.kind.absent?.(was) ?? false)))),
          },
        ],
      }),
    ]
  },
})
