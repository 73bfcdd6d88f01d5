import { type Script, sh } from '../command.ts'
import { type Mounted, mounted } from '../facts/mounted.ts'
import { path } from '../facts/path.ts'
import { beneath } from './beneath.ts'
import { type Change, change, claim, type Doubt } from './change.ts'

/** systemd made its mount units from the old fstab, and may undo what it does not know of. */
export const tellSystemd: Script = sh`[ ! -d /run/systemd/system ] || systemctl daemon-reload || exit 1`

/** systemd has a unit for each line of fstab, and for each mount. */
export const mountUnits: Doubt = {
  about: 'the mount units',
  covers: ({ kind, question }) => kind.kind === 'unit' && /\.(auto)?mount$/.test(String(question)),
}

/** Mounts what fstab says, and only onto an empty directory: files below a mount are lost to everybody's eyes. */
export const mountChange = (at: string, after: Mounted): Change =>
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
      guarded: true,
      timeoutMs: 300_000,
    },
    makes: [claim(mounted(at), after)],
    doubts: [
      mountUnits,
      beneath(`what is mounted at ${at}`, at),
      { about: `the mount at ${at}`, covers: f => f.key === path(at).key },
    ],
  })

export const remountChange = (at: string, after: Mounted, options: readonly string[]): Change =>
  change({
    summary: `mount ${at} anew with ${options.join(',')}`,
    command: { script: sh`mount -o "remount,$2" -- "$1"`, args: [at, options.join(',')] },
    makes: [claim(mounted(at), after)],
  })

export const unmountChange = (at: string): Change =>
  change({
    summary: `unmount ${at}`,
    command: {
      script: sh`umount -- "$1"`,
      args: [at],
      timeoutMs: 300_000,
    },
    makes: [claim(mounted(at), { mounted: false })],
    doubts: [
      mountUnits,
      beneath(`what is below ${at} when nothing is mounted`, at),
      { about: `the directory ${at}`, covers: f => f.key === path(at).key },
    ],
  })
