import { sh } from '../command.ts'
import { belongsTo, path } from '../facts/path.ts'
import { type Change, change, claim } from './change.ts'
import { chownWord } from './owner.ts'
import type { FileAttributes } from './write-file.ts'

/**
 * Owner, group and mode of what is there. The owner first: chown clears set-user-ID bits. `-h` and the test: never through
 * a link that was put there meanwhile. Five digits, because GNU chmod keeps a directory's set-ID bits otherwise:
 * https://www.gnu.org/software/coreutils/manual/html_node/Directory-Setuid-and-Setgid.html
 */
export const setAttributes = (at: string, type: 'file' | 'directory', wanted: FileAttributes): Change =>
  change({
    summary: `set owner and mode of ${at}`,
    command: {
      script: sh`
        if [ -L "$1" ] || [ ! "-$4" "$1" ]; then echo "$1 is not what it was when this change was planned" >&2; exit 75; fi
        { [ -z "$2" ] || chown -h -- "$2" "$1"; } && chmod -- "0$3" "$1"`,
      args: [at, chownWord(wanted), wanted.mode, type === 'file' ? 'f' : 'd'],
      guarded: true,
    },
    makes: [claim(path(at), { type, mode: wanted.mode, owner: wanted.owner, group: wanted.group })],
  })

export const sameAttributes = (now: FileAttributes, wanted: FileAttributes): boolean =>
  now.mode === wanted.mode && belongsTo(now, wanted)
