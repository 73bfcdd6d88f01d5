import { z } from 'zod'
import type { Change } from '../changes/change.ts'
import { ensureFstabLine } from '../changes/edit/fstab.ts'
import { editText } from '../changes/edit/text.ts'
import { editFile } from '../changes/edit-file.ts'
import { mountChange, mountUnits, remountChange, tellSystemd, unmountChange } from '../changes/mount.ts'
import { inForce, remountOptions } from '../changes/mount-options.ts'
import { unitsReloaded } from '../changes/running-state.ts'
import { sh } from '../command.ts'
import type { Facts } from '../dsl/facts.ts'
import { defineTask } from '../dsl/task.ts'
import { Refusal } from '../errors.ts'
import { device } from '../facts/device.ts'
import { mounted } from '../facts/mounted.ts'
import { path } from '../facts/path.ts'
import { fileToEdit } from './file-to-edit.ts'
import { absolutePath } from './params.ts'

const FSTAB = '/etc/fstab'

const word = z.string().regex(/^[^\s\0]+$/, 'must be one word')
const option = word.regex(/^[^,]+$/, 'must be one option, without commas')

const params = z
  .strictObject({
    path: absolutePath.describe('The mount point: a directory that exists'),
    source: z
      .string()
      .regex(
        /^([^/\n\0#][^\n\0]*|\/dev\/[^\n\0]+)$/,
        'must be a tag, a device below /dev, host:/export or a name such as tmpfs',
      )
      .optional()
      .describe('As in fstab(5): UUID=..., LABEL=..., /dev/..., host:/export, tmpfs'),
    type: word.optional().describe('ext4, xfs, nfs, tmpfs ...'),
    options: z.array(option).default([]).describe('Left out: defaults'),
    dump: z.number().int().min(0).max(1).default(0),
    pass: z.number().int().min(0).max(2).default(0).describe('Order of fsck at boot; 0: none'),
    state: z
      .enum(['mounted', 'configured', 'absent'])
      .default('mounted')
      .describe('configured: only the line in fstab; absent: no such line, and nothing mounted'),
  })
  .refine(p => p.state === 'absent' || (p.source && p.type), 'give source and type')
  .refine(
    p => !p.options.some(o => o === 'bind' || o === 'rbind'),
    'a bind mount cannot be told from its source; not supported',
  )

type Params = z.output<typeof params>

/** In one command, so that systemd never has the old table for longer than it takes. */
const andTellSystemd = (edit: Change): Change => ({
  ...edit,
  command: {
    ...edit.command,
    script: sh`
      (
      ${edit.command.script}
      ) || exit
      ${tellSystemd}`,
    timeoutMs: 120_000,
  },
  doubts: [...edit.doubts, unitsReloaded, mountUnits],
})

const fstabChanges = async (p: Params, facts: Facts): Promise<readonly Change[]> => {
  const [now, has] = await fileToEdit(facts, { path: FSTAB, create: p.state !== 'absent' })
  if (now.type === 'absent' && p.state === 'absent') return []
  const { source, type, options, dump, pass } = p
  const wanted = source && type && p.state !== 'absent' ? { source, at: p.path, type, options, dump, pass } : undefined
  const changes = editFile({ path: FSTAB, create: true }, now, has, before => ({
    bytes: editText(FSTAB, before, [p.path, source ?? ''], text => ensureFstabLine(FSTAB, text, p.path, wanted)),
  }))
  return changes.map(andTellSystemd)
}

const mountChanges = async (p: Params, facts: Facts): Promise<readonly Change[]> => {
  const { source = '', type = '' } = p
  const [now, place, found] = await Promise.all([
    facts.get(mounted(p.path)),
    facts.get(path(p.path)),
    facts.get(device(source)),
  ])
  if (found.source === undefined) throw new Refusal(`there is no device ${source}`)
  const options = inForce(p.options)
  const { shown, hidden } = options
  const want = { mounted: true, root: '/', type, source: found.source, options: shown, without: hidden } as const
  if (!now.mounted) {
    if (place.type !== 'directory') throw new Refusal(`${p.path} is no directory to mount something at`)
    return [mountChange(p.path, want)]
  }
  if (now.source !== want.source || now.root !== '/')
    throw new Refusal(`${p.path} has ${now.source} mounted (its ${now.root}), not ${source}`, {
      hint: 'Unmount it first, if that is meant.',
    })
  if (type !== 'auto' && now.type !== type && !(type === 'nfs' && now.type === 'nfs4'))
    throw new Refusal(`${p.path} has ${now.source} mounted as ${now.type}, not as ${type}`)
  const anew = remountOptions(now.options, options)
  return anew ? [remountChange(p.path, { ...want, type: now.type }, anew)] : []
}

/**
 * A file system is mounted at a directory, and again after a reboot: a line in /etc/fstab, and the kernel's list. Nothing is ever
 * formatted. Something else that is mounted there is refused, and so is a mount point that is not empty. `ro`, `noexec` and
 * their like are put in force, and out of force, by a remount; other options only count from the next mount on.
 */
export const mount = defineTask({
  name: 'mount',
  params,
  title: p => `${p.state === 'absent' ? 'no mount' : 'mount'} ${p.path}`,
  async plan(p, facts) {
    if (p.state === 'absent') {
      const [lines, now] = await Promise.all([fstabChanges(p, facts), facts.get(mounted(p.path))])
      return [...(now.mounted ? [unmountChange(p.path)] : []), ...lines]
    }
    const [lines, mounts] = await Promise.all([
      fstabChanges(p, facts),
      p.state === 'mounted' ? mountChanges(p, facts) : [],
    ])
    return [...lines, ...mounts]
  },
})
