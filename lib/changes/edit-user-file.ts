import { type Script, sh } from '../command.ts'
import { Refusal } from '../errors.ts'
import type { Content } from '../facts/content.ts'
import { belongsTo, type Ownership, type PathState, path } from '../facts/path.ts'
import { type Change, change, claim } from './change.ts'
import { groundOf } from './edit-file.ts'
import { throughLinks } from './through-links.ts'
import { sha256, writeClaims, writeScript } from './write-file.ts'

/** Who a file in `~/.ssh` belongs to, and what is there now. */
export interface UserFile {
  readonly user: string
  /** The primary group. */
  readonly group: string
  readonly home: string
  readonly file: string
  readonly homeState: PathState
  readonly directoryState: PathState
  readonly fileState: PathState
  readonly content: Content
}

/** Runs a command as the user `$1`, so that root never writes where that user could have planted a link. */
const asUser: Script = sh`
  umask 077
  uid=$(id -u -- "$1") && gid=$(id -g -- "$1") || exit 1
  as_user() {
    if [ "$(id -u)" = "$uid" ]; then "$@"; else setpriv --reuid="$uid" --regid="$gid" --init-groups -- "$@"; fi
  }`

export const sshDirectory = (home: string): string => `${home === '/' ? '' : home}/.ssh`

const directoryClaim = (at: string, { user, group }: UserFile) =>
  claim(path(at), { type: 'directory', mode: '0700', owner: user, group })

/** In a home that is the user's, the user makes it; in one that is root's, nobody else can interfere. */
const makeDirectory = (at: string, of: UserFile): Change => {
  const { homeState, home, user, group } = of
  if (homeState.type !== 'directory') throw new Refusal(`${home}, the home of ${user}, is no directory`)
  if (homeState.owner !== user && homeState.owner !== 'root')
    throw new Refusal(`${home}, the home of ${user}, belongs to ${homeState.owner}`)
  const script =
    homeState.owner === user
      ? sh`${asUser}
        as_user mkdir -m 0700 -- "$2" && as_user chown -- "$1:$3" "$2"`
      : sh`umask 077; mkdir -- "$2" && chown -h -- "$1:$3" "$2" && chmod -- 00700 "$2"`
  return change({
    summary: `make directory ${at}`,
    command: { script, args: [user, at, group] },
    makes: [directoryClaim(at, of)],
  })
}

const closeDirectory = (at: string, of: UserFile, now: PathState & { type: 'directory' }): Change => {
  if (now.owner !== of.user && now.owner !== 'root')
    throw new Refusal(`${at} belongs to ${now.owner}, not to ${of.user}`)
  return change({
    summary: `set owner and mode of ${at}`,
    command: {
      script: sh`${asUser}
        if [ -L "$2" ] || [ ! -d "$2" ]; then echo "$2 is not what it was when this change was planned" >&2; exit 75; fi
        chown -h -- "$1:$3" "$2" && as_user chmod -- 00700 "$2"`,
      args: [of.user, at, of.group],
      guarded: true,
    },
    makes: [directoryClaim(at, of)],
  })
}

/** What happens here happens as the user, who must be able to read what is there; what is another's may be closed to them. */
const refuseUnreadable = ({ user, group, file }: UserFile, now: Ownership & { readonly mode: string }): void => {
  if (belongsTo(now, { owner: user })) return
  const bits = Number.parseInt(now.mode, 8)
  if (bits & (belongsTo(now, { group }) ? 0o040 : 0o004)) return
  throw new Refusal(`${file} belongs to ${now.owner}, mode ${now.mode}, and ${user} may not read it`, {
    hint: `Give it to ${user} first: file({ path: '${file}', owner: '${user}' }).`,
  })
}

/**
 * As `editFile`, for a file in a user's `~/.ssh`, which is made when it is missing: the directory is 0700, the file 0600, both the
 * user's, as sshd(8) demands. Whatever happens below the home happens as that user (`setpriv` of util-linux).
 */
export const editUserFile = (of: UserFile, edit: (before: Buffer) => Buffer): readonly Change[] => {
  const { user, group, file, fileState: now, directoryState } = of
  const directory = sshDirectory(of.home)
  if (directoryState.type === 'link') throw new Refusal(`${directory} is a link to ${directoryState.target}`)
  const old = groundOf({ path: file, create: true }, now, of.content)
  if (now.type === 'file') refuseUnreadable(of, now)
  const bytes = edit(old ?? Buffer.alloc(0))
  const changes: Change[] = []
  if (directoryState.type === 'absent') changes.push(makeDirectory(directory, of))
  else if (directoryState.type !== 'directory') throw new Refusal(`${directory} is not a directory`)
  else if (directoryState.owner !== user || directoryState.mode !== '0700')
    changes.push(closeDirectory(directory, of, { ...directoryState, type: 'directory' }))
  const right = now.type === 'file' && now.owner === user && now.mode === '0600'
  if (old && right && bytes.equals(old)) return changes
  const attributes = { mode: '0600', owner: user, group }
  const args = [user, writeScript, file, '0600', `${user}:${group}`, old ? sha256(old) : 'absent']
  return [
    ...changes,
    change({
      summary: old ? `edit ${file}` : `create ${file}`,
      command: {
        script: sh`${asUser}
          as_user sh -c "$2" sh "$3" "$4" "$5" "$6"`,
        args,
        stdin: bytes,
        guarded: true,
      },
      makes: writeClaims(file, attributes, { sha256: sha256(bytes), shown: bytes }),
      doubts: [throughLinks(file)],
    }),
  ]
}
