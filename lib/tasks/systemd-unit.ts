import { z } from 'zod'
import { type Change, change, claim, type Doubt } from '../changes/change.ts'
import { unitsReloaded } from '../changes/running-state.ts'
import { sha256, writeFile } from '../changes/write-file.ts'
import { sh } from '../command.ts'
import { defineTask } from '../dsl/task.ts'
import { Refusal } from '../errors.ts'
import { digest } from '../facts/digest.ts'
import { path } from '../facts/path.ts'
import { type UnitState, unit } from '../facts/unit.ts'

const params = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9:_.\\@-]+\.(service|socket|target|timer|mount|automount|path|slice|swap)$/,
      'must be a unit name with its type, for example "backup.service"',
    )
    .describe('Unit name with its type; a template such as "backup@.service" is fine'),
  content: z
    .string()
    .regex(/^\[\w[\w-]*\]\s*$/m, 'must hold a [Section]')
    .refine(text => text.endsWith('\n'), 'must end with a newline')
    .describe('The whole unit file, or drop-in'),
  dropIn: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+$/, 'must be a plain name')
    .transform(name => name.replace(/\.conf$/, ''))
    .optional()
    .describe('Name of a drop-in that is written instead, NAME.d/DROPIN.conf'),
})

const attributes = { mode: '0644', owner: 'root', group: 'root' } as const
const isTemplate = (name: string): boolean => /@\.\w+$/.test(name)
const hasInstall = (content: string): boolean => /^\[Install\]\s*$/m.test(content)

/** systemd.unit(5): a unit without [Install] section is `static`, a new one with it is `disabled`. */
const fileState = (now: UnitState, content: string): string | undefined => {
  if (now.load === 'not-found') return hasInstall(content) ? 'disabled' : 'static'
  return hasInstall(content) === (now.file !== 'static') ? now.file : undefined
}

const known = (now: UnitState, at: string, content: string): UnitState => {
  const file = fileState(now, content)
  return {
    load: 'loaded',
    active: now.active,
    needsReload: false,
    fragmentPath: at,
    ...(file !== undefined && { file }),
  }
}

/** A drop-in leaves the unit what it is. */
const knownWithDropIn = ({ load, active, file, fragmentPath }: UnitState): UnitState => ({
  load,
  active,
  needsReload: false,
  ...(file !== undefined && { file }),
  ...(fragmentPath !== undefined && { fragmentPath }),
})

const reload = (name: string, now: UnitState): Change =>
  change({
    summary: `daemon-reload for ${name}`,
    command: { script: sh`systemctl daemon-reload`, timeoutMs: 120_000 },
    makes: [claim(unit(name), { ...now, needsReload: false })],
    doubts: [unitsReloaded],
  })

/** The file is written and loaded in one command, so that nothing starts an old definition in between. */
const writeAndReload = (file: string, content: string): Change => {
  const bytes = Buffer.from(content)
  const write = writeFile(file, bytes, attributes, { sha256: sha256(bytes), shown: bytes })
  return change({
    ...write,
    command: {
      ...write.command,
      script: sh`
        (umask 022; mkdir -p -- "\${1%/*}") && (
        ${write.command.script}
        ) && systemctl daemon-reload`,
      timeoutMs: 120_000,
    },
  })
}

const instances = (name: string): Doubt => ({
  about: `the instances of ${name}`,
  covers: fact => fact.key.startsWith(`unit ${name.slice(0, name.indexOf('@') + 1)}`),
})

/**
 * A unit file (or a drop-in) in /etc/systemd/system has this content, and systemd has loaded it. A running service keeps
 * what it was started with: notify a `serviceRestart`. Source: systemd.unit(5),
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html
 */
export const systemdUnit = defineTask({
  name: 'systemdUnit',
  params,
  title: p => `unit ${p.name}${p.dropIn ? ` (${p.dropIn})` : ''}`,
  async plan({ name, content, dropIn }, facts) {
    const home = '/etc/systemd/system'
    const directory = `${home}/${name}.d`
    const file = dropIn ? `${directory}/${dropIn}.conf` : `${home}/${name}`
    const [at, { sha256: has }, now, directoryNow] = await Promise.all([
      facts.get(path(file)),
      facts.get(digest(file)),
      isTemplate(name) ? undefined : facts.get(unit(name)),
      dropIn ? facts.get(path(directory)) : undefined,
    ])
    if (at.type === 'directory') throw new Refusal(`${file} is a directory`)
    if (at.type === 'link' && at.target === '/dev/null')
      throw new Refusal(`${name} is masked by ${file}`, { hint: 'service({ masked: false }) takes the mask away.' })
    const same =
      at.type === 'file' &&
      has === sha256(content) &&
      at.mode === attributes.mode &&
      at.owner === attributes.owner &&
      at.group === attributes.group
    if (same) return now && isStale(now, dropIn !== undefined) ? [reload(name, loaded(now, dropIn !== undefined))] : []
    const write = writeAndReload(file, content)
    return [
      {
        ...write,
        makes: [
          ...write.makes,
          ...(directoryNow?.type === 'absent'
            ? [claim(path(directory), { type: 'directory' as const, mode: '0755', owner: 'root', group: 'root' })]
            : []),
          ...(now ? [claim(unit(name), dropIn ? knownWithDropIn(now) : known(now, file, content))] : []),
        ],
        doubts: [...write.doubts, now ? unitsReloaded : instances(name)],
      },
    ]
  },
})

/** The right file is there, and systemd has not read it. */
const isStale = (now: UnitState, dropIn: boolean): boolean => now.needsReload || (!dropIn && now.load === 'not-found')
const loaded = (now: UnitState, dropIn: boolean): UnitState => (dropIn ? now : { ...now, load: 'loaded' })
