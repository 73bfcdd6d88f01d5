import { type Script, sh } from '../command.ts'
import { type LeaseOwner, tidy } from './owner.ts'

/** Where leases are kept on a host. Left out of everything but tests: see `where`. */
export interface LeasePlace {
  readonly directory: string
  /** Another directory whose holder excludes this one. */
  readonly beside?: string
}

/** Where root keeps its leases: readable by everybody, because other users run a run's commands too. */
export const SYSTEM = '/var/lib/baton/lease'

/**
 * Sets `dir`, and `other`: root's leases and the login user's exclude each other, for a run with sudo and one without change
 * the same host. Of other users' leases root knows nothing. Arguments 1 and 2 give them instead. BATON_STATE_DIR is for hosts
 * whose /var/lib cannot be written, and must be the same for everybody on them.
 */
const where = sh`
dir=$1 other=$2
if [ -z "$dir" ]; then
  if [ "$(id -u)" -eq 0 ]; then
    dir=\${BATON_STATE_DIR:-/var/lib/baton}/lease
    case \${SUDO_USER:-} in
      '' | root | -* | *[!A-Za-z0-9._-]*) ;;
      *) eval "other=~$SUDO_USER/.local/state/baton/lease" ;;
    esac
  else
    case \${XDG_STATE_HOME:-} in
      /*) dir=$XDG_STATE_HOME/baton/lease ;;
      *) dir=\${HOME:-/nonexistent}/.local/state/baton/lease ;;
    esac
    other=\${BATON_STATE_DIR:-/var/lib/baton}/lease
  fi
  case $other in /*) ;; *) other= ;; esac
fi`

/**
 * number TEXT: it is one that arithmetic takes, without a leading zero (octal).
 * highest DIR: sets `top` to the highest counter there; 0: none.
 * look DIR: reads that lease into variables; all are empty where it cannot be read.
 * clock: sets `now` (seconds since 1970) and `today` (ISO 8601).
 * say WORD DIR N [COUNTER]: the answer, with that lease's text; COUNTER, if it is not N, is what the answer gives as the counter.
 */
const words = sh`
number() {
  case $1 in '' | 0?* | *[!0-9]* | ?????????????*) return 1 ;; esac
}
highest() {
  top=0
  for file in "$1"/lease.*; do
    file=\${file##*/lease.}
    case $file in '' | 0* | *[!0-9]* | ???????????????*) continue ;; esac
    [ "$file" -le "$top" ] || top=$file
  done
}
look() {
  token= state= run= expires= ttl= holder=
  [ -f "$1/lease.$top" ] || return 0
  {
    IFS= read -r token
    while IFS== read -r key value; do
      case $key in
        state) state=$value ;;
        run) run=$value ;;
        expires) expires=$value ;;
        ttl) ttl=$value ;;
        process) holder=$value ;;
      esac
    done
  } 2>/dev/null <"$1/lease.$top"
  return 0
}
clock() {
  now=$(date -u '+%s %Y-%m-%dT%H:%M:%SZ')
  today=\${now#* } now=\${now%% *}
  number "$now" || { echo "date printed no time: $now" >&2; exit 1; }
}
say() {
  printf '%s %s %s %s\\n%s\\n' "$1" "\${4:-$3}" "\${left:-0}" "$now" "$2"
  [ "$3" -eq 0 ] || head -c 4096 "$2/lease.$3" 2>/dev/null
  return 0
}`

/**
 * put COUNTER STATE EXPIRES: a whole lease in the new file \`new\`, of the run that arguments 3 to 11 describe: run, owner, from,
 * playbook, ttl, since (empty: now), a name for the file that no other process uses, a run that is known to have ended, and
 * what tells the run's process from that of the same run before it was resumed.
 * Its first line is the token that fenced commands read; one that is not held has another.
 */
const writing = sh`
me=$3 owner=$4 from=$5 playbook=$6 seconds=$7 since=$8 new=$dir/.new.$9 ended=\${10} process=\${11}
put() {
  first=$me
  [ "$2" = held ] || first=$2
  printf '%s %s\\nstate=%s\\nrun=%s\\nowner=%s\\nfrom=%s\\nplaybook=%s\\nsince=%s\\nexpires=%s\\nttl=%s\\nprocess=%s\\n' \\
    "$first" "$1" "$2" "$me" "$owner" "$from" "$playbook" "\${since:-$today}" "$3" "$seconds" "$process" >"$new" && return
  rm -f "$new"
  echo "cannot write in $dir" >&2
  exit 1
}
umask 022`

export const readsLeases: Script = sh`${where}\n${words}`
export const writesLeases: Script = sh`${where}\n${words}\n${writing}`

export interface Writer {
  readonly owner: LeaseOwner
  readonly seconds: number
  readonly since?: string
  /** Hex; a name for a file. */
  readonly nonce: string
  readonly place: LeasePlace | undefined
}

/** The arguments 1 and 2. */
export const placeArgs = (place: LeasePlace | undefined): readonly string[] => [
  place?.directory ?? '',
  place?.beside ?? '',
]

/** The arguments 1 to 11 of a script that `writesLeases`. */
export const writerArgs = ({ owner, seconds, since, nonce, place }: Writer): readonly string[] => [
  ...placeArgs(place),
  owner.run,
  tidy(owner.owner),
  tidy(owner.from),
  tidy(owner.playbook),
  String(seconds),
  since ?? '',
  nonce,
  owner.ended ?? '',
  owner.process ?? '',
]
