import { sh } from '../command.ts'

/**
 * Where jobs are kept: root's in /var/lib, others' in their own state directory, and those of a user without a usable home in
 * /var/tmp, which a reboot does not empty. Only directories of the user's own are believed, for anybody can make one in
 * /var/tmp. By builtins alone: the effective user is read from /proc/self/status.
 *
 * baton_places: sets baton_home, and baton_spare, which may be empty.
 * baton_mine DIR: it is a directory, not a link to one, and this user's.
 * baton_usable BASE: jobs there are believed.
 * baton_make BASE DIR: makes it, for nobody else to look into.
 */
export const places = sh`
baton_places() {
  baton_uid= baton_spare=
  while read -r baton_key baton_rest baton_uid baton_rest; do
    [ "$baton_key" != Uid: ] || break
  done </proc/self/status
  baton_home=\${BATON_STATE_DIR:-/var/lib/baton}/jobs
  [ "$baton_uid" != 0 ] || return 0
  baton_spare=/var/tmp/baton-$baton_uid/jobs
  case \${XDG_STATE_HOME:-} in
    /*) baton_home=$XDG_STATE_HOME/baton/jobs ;;
    *)
      baton_home=
      case \${HOME:-} in /*) baton_home=$HOME/.local/state/baton/jobs ;; esac
      ;;
  esac
}
baton_mine() {
  [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ]
}
baton_usable() {
  [ -n "$1" ] || return 1
  [ "$1" != "$baton_spare" ] || baton_mine "\${1%/*}" || return 1
  baton_mine "$1"
}
baton_make() {
  [ -n "$1" ] || return 1
  if [ ! -d "$1" ]; then
    if [ "$1" = "$baton_spare" ]; then
      mkdir -m 700 "\${1%/*}"
      baton_mine "\${1%/*}" || return 1
    elif [ "$baton_uid" = 0 ]; then
      mkdir -p -m 755 "\${1%/*}"
    fi
    (umask 077; mkdir -p "$1")
  fi
  baton_usable "$1" && { [ -d "$2" ] || (umask 077; exec mkdir -p "$2"); }
}`
