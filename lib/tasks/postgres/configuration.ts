import { dirname } from 'node:path'
import { z } from 'zod'
import { type Change, type Claim, change, claim } from '../../changes/change.ts'
import { sh } from '../../command.ts'
import { defineTask } from '../../dsl/task.ts'
import { Refusal } from '../../errors.ts'
import { loaded } from '../../facts/postgres/loaded.ts'
import { isUnavailable } from '../../facts/postgres/query.ts'
import { settingSources } from '../../facts/postgres/setting-sources.ts'
import { settings as settingsFact } from '../../facts/postgres/settings.ts'
import { unit } from '../../facts/unit.ts'
import { file } from '../file.ts'
import { clusterParams, configurationOf, unitOf } from './cluster-params.ts'
import { reload } from './reload.ts'

const params = z.strictObject({
  ...clusterParams,
  name: z
    .string()
    .regex(/^\d\d-[a-z0-9-]+$/, 'must begin with two digits, for example "50-baton"')
    .describe('Name in conf.d; a later one wins'),
  settings: z.record(z.string().regex(/^[a-z_]+(\.[a-z_]+)?$/), z.string().regex(/^[^\n\r\0]*$/)),
  restart: z
    .enum(['allow', 'refuse'])
    .default('refuse')
    .describe('What to do when only a restart of the running server makes a setting take effect'),
})

const text = (settings: Readonly<Record<string, string>>): string =>
  `# Written by Baton; changes are overwritten.\n${Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'\n`)
    .join('')}`

/** Does a file beat one in conf.d whatever that says? Others may, but that shows only once both are there. */
const comesAfter = (file: string, path: string): boolean =>
  file.endsWith('/postgresql.auto.conf') || (dirname(file) === dirname(path) && file > path)

const refuseOverridden = (path: string, overridden: readonly (readonly [name: string, file: string])[]): void => {
  if (overridden.length === 0) return
  const where = overridden.map(([name, file]) => `${name} (${file})`).join(', ')
  throw new Refusal(`set elsewhere, where it wins over ${path}: ${where}`, {
    hint: 'Take it away there; what ALTER SYSTEM wrote to postgresql.auto.conf goes by ALTER SYSTEM RESET NAME.',
  })
}

/**
 * A file of settings in the cluster's conf.d, read by the server if it runs. A setting that needs a restart restarts it, or
 * is refused before anything is written, as is one that another file overrides. Source: https://www.postgresql.org/docs/current/config-setting.html
 */
export const configuration = defineTask({
  name: 'configuration',
  params,
  title: p => `PostgreSQL settings ${p.name}`,
  async plan(p, facts) {
    const path = `${configurationOf(p)}/conf.d/${p.name}.conf`
    const names = Object.keys(p.settings).sort()
    const sourcesFact = settingSources({ port: p.port, names })
    const [writes, read, inForce, sources] = await Promise.all([
      file({ path, content: text(p.settings), mode: '0644', owner: 'postgres', group: 'postgres' }).plan(facts),
      facts.get(loaded({ port: p.port, file: path })),
      facts.get(settingsFact({ port: p.port, names })),
      facts.get(sourcesFact),
    ])
    // A server that does not run reads the file when it starts.
    if (isUnavailable(read) || isUnavailable(inForce) || isUnavailable(sources)) return writes
    refuseOverridden(
      path,
      Object.entries(sources.files).filter(
        ([, file]) => file !== path && (writes.length === 0 || comesAfter(file, path)),
      ),
    )
    const taken = claim(sourcesFact, { files: Object.fromEntries(names.map(name => [name, path])) })
    const late = inForce.settings
      .filter(s => s.pending || (writes.length > 0 && s.context === 'postmaster' && s.setting !== p.settings[s.name]))
      .map(s => s.name)
    if (late.length > 0) {
      if (p.restart === 'refuse')
        throw new Refusal(`only a restart of PostgreSQL makes ${late.join(', ')} take effect`, {
          hint: `Nothing was written. Set it in postgresql.conf and restart ${unitOf(p)} when it suits you, or allow the restart.`,
        })
      return [...writes, withClaim(restart(p, path), taken)]
    }
    return writes.length > 0 || !read.loaded ? [...writes, withClaim(reload(p.port, path), taken)] : []
  },
})

const withClaim = (c: Change, taken: Claim): Change => ({ ...c, makes: [...c.makes, taken] })

const restart = (p: z.output<typeof params>, path: string): Change =>
  change({
    summary: `restart ${unitOf(p)}`,
    command: { script: sh`systemctl restart -- "$1"`, args: [unitOf(p)], timeoutMs: 600_000 },
    makes: [claim(loaded({ port: p.port, file: path }), { loaded: true, errors: [] })],
    doubts: [
      {
        about: `the restart of ${unitOf(p)}`,
        covers: fact => fact.key === unit(unitOf(p)).key || fact.kind.kind === 'postgres-settings',
      },
    ],
  })
