import { z } from 'zod'
import { beneath } from '../changes/beneath.ts'
import { type Change, change, claim } from '../changes/change.ts'
import { ensureFstabLine } from '../changes/edit/fstab.ts'
import { editText } from '../changes/edit/text.ts'
import { editFile } from '../changes/edit-file.ts'
import { sh } from '../command.ts'
import type { Facts } from '../dsl/facts.ts'
import { defineTask } from '../dsl/task.ts'
import { Refusal } from '../errors.ts'
import { device } from '../facts/device.ts'
import { type Mounted, mounted } from '../facts/mounted.ts'
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

/** Options that the kernel shows again under the same name, so that it can be seen whether they are in force. */
const visible = new Set(['ro', 'noexec', 'nosuid', 'nodev', 'noatime', 'nodiratime', 'sync', 'dirsync'])

/** What must show: what was asked for, and that it can be written to unless read-only was. */
const demanded = (options: readonly string[]): readonly string[] => {
  const shown = options.filter(o => visible.has(o))
  return shown.includes('ro') ? shown : ['rw', ...shown]
}

/** systemd made its mount units from the old fstab, and may undo what it does not know of. */
const tellSystemd = sh`[ ! -d /run/systemd/system ] || systemctl daemon-reload || exit 1`

/** Mounts what fstab says, and only onto an empty directory: files below a mount are lost to everybody's eyes. */
const mountChange = (at: string, after: Mounted): Change =>
  change({
    summary: `mount ${at}`,
    command: {
      script: sh`
        if [ -L "$1" ] || [ ! -d "$1" ]; then echo "$1 is not a directory" >&2; exit 75; fi
        first=$(find "$1" -mindepth 1 -maxdepth 1 -print | head -n 1) || exit 1
        [ -z "$first" ] || { echo "$1 is not empty: $first and what is beside it would be hidden" >&2; exit 75; }
        ${tellSystemd}
        mount -- "$1"`,
      args: [at],
      timeoutMs: 300_000,
    },
    makes: [claim(mounted(at), after)],
    doubts: [
      beneath(`what is mounted at ${at}`, at),
      { about: `the mount at ${at}`, covers: f => f.key === path(at).key },
    ],
  })

const remountChange = (at: string, after: Mounted, options: readonly string[]): Change =>
  change({
    summary: `mount ${at} anew with ${options.join(',')}`,
    command: { script: sh`${tellSystemd}; mount -o "remount,$2" -- "$1"`, args: [at, options.join(',')] },
    makes: [claim(mounted(at), after)],
  })

const unmountChange = (at: string): Change =>
  change({
    summary: `unmount ${at}`,
    command: {
      script: sh`umount -- "$1" || exit 1
        ${tellSystemd}`,
      args: [at],
      timeoutMs: 300_000,
    },
    makes: [claim(mounted(at), { mounted: false })],
    doubts: [
      beneath(`what is below ${at} when nothing is mounted`, at),
      { about: `the directory ${at}`, covers: f => f.key === path(at).key },
    ],
  })

const fstabChanges = async (p: Params, facts: Facts): Promise<readonly Change[]> => {
  const [now, has] = await fileToEdit(facts, { path: FSTAB, create: p.state !== 'absent' })
  if (now.type === 'absent' && p.state === 'absent') return []
  const { source, type, options, dump, pass } = p
  const wanted = source && type && p.state !== 'absent' ? { source, at: p.path, type, options, dump, pass } : undefined
  return editFile({ path: FSTAB, create: true }, now, has, before => ({
    bytes: editText(FSTAB, before, [p.path, source ?? ''], text => ensureFstabLine(FSTAB, text, p.path, wanted)),
  }))
}

const mountChanges = async (p: Params, facts: Facts): Promise<readonly Change[]> => {
  const { source = '', type = '' } = p
  const [now, place, found] = await Promise.all([
    facts.get(mounted(p.path)),
    facts.get(path(p.path)),
    facts.get(device(source)),
  ])
  if (found.source === undefined) throw new Refusal(`there is no device ${source}`)
  const want = { mounted: true, root: '/', type, source: found.source, options: demanded(p.options) } as const
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
  if (want.options.every(o => now.options.includes(o))) return []
  return [remountChange(p.path, { ...want, type: now.type }, want.options)]
}

/**
 * A file system is mounted at a directory, and again after a reboot: a line in /etc/fstab, and the kernel's list. Nothing is ever
 * formatted. Something else that is mounted there is refused, and so is a mount point that is not empty. `ro`, `noexec` and
 * their like are put in force by a remount; other options only count from the next mount on.
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
