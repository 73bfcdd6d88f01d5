import { sh } from '../../command.ts'
import { asPostgres } from './psql.ts'

/**
 * `$1` version, `$2` cluster, `$3` data directory, `$4` host, `$5` port, `$6` user, `$7` passfile, `$8` slot, `$9` own port,
 * `${10}` system identifier, then files that say something of an earlier standby and must not outlive it. The configuration comes from pg_createcluster(1), which makes it together with a cluster of
 * its own: that one lies in a directory of this script's and is thrown away. Leaves with 75 where it must not go on.
 */
export const baseBackup = sh`
  ${asPostgres}
  version=$1 cluster=$2 data=$3 host=$4 port=$5 user=$6 passfile=$7 slot=$8 own_port=$9
  shift 9
  system=$1
  shift
  bin=/usr/lib/postgresql/$version/bin
  conf=/etc/postgresql/$version/$cluster
  parent=\${data%/*}
  part=$data.baton-part
  throwaway=$data.baton-init
  refuse() { echo "$*" >&2; exit 75; }
  # Not in /run/lock, where any user could put something in its place.
  install -d -m 0700 -- /run/baton && exec 9>"/run/baton/base-backup-$version-$cluster.lock" || exit 1
  flock -n 9 || refuse "a base backup to $data is still running"

  # The same questions as the plan asked, now: whatever happened in between counts.
  look() {
    if [ -L "$data" ]; then refuse "$data is a link"; fi
    if [ -e "$data" ] && [ -n "$(ls -A -- "$data")" ]; then refuse "$data is not empty: nothing is copied over it"; fi
  }
  # Whose configuration is there? That of the throw-away directory was left by a run that was killed, and the host may have
  # started what lies there: a primary of its own, which must never be taken for the standby.
  look_at_configuration() {
    used=
    [ -e "$conf/postgresql.conf" ] || return 0
    used=$(pg_conftool -s "$version" "$cluster" show data_directory 2>/dev/null | sed 's:/*$::')
    [ -n "$used" ] || [ ! -e "$throwaway" ] || used=$throwaway
    case $used in
      "$data" | "$throwaway") ;;
      *) refuse "$conf is the configuration of \${used:-a cluster that it does not name}, not of $data" ;;
    esac
  }
  finish_configuration() {
    look_at_configuration
    if [ "$used" = "$throwaway" ]; then
      systemctl stop -- "postgresql@$version-$cluster.service" 9>&- && rm -rf -- "$conf" || return 1
    fi
    rm -rf -- "$throwaway"
    [ "$used" != "$data" ] || return 0
    pg_createcluster --port="$own_port" --datadir="$throwaway" "$version" "$cluster" 9>&- >&2 || return 1
    pg_conftool "$version" "$cluster" set data_directory "$data" && sync "$conf/postgresql.conf" || return 1
    rm -rf -- "$throwaway"
  }

  look_at_configuration
  # What is there may be this very standby, from a run that was killed before its last step.
  if [ -e "$data/PG_VERSION" ] && [ -e "$data/standby.signal" ] &&
    [ "$("$bin/pg_controldata" -D "$data" | sed -n 's/^Database system identifier: *//p')" = "$system" ]; then
    finish_configuration
    exit
  fi
  look
  install -d -o postgres -g postgres -m 0755 -- "$parent" || exit 1
  rm -rf -- "$part" && install -d -o postgres -g postgres -m 0700 -- "$part" || exit 1
  as_postgres env PGPASSFILE="$passfile" PGAPPNAME=baton-base-backup "$bin/pg_basebackup" -d "host=$host port=$port user=$user" \\
    -w -D "$part" -X stream -S "$slot" -c fast --progress 9>&- || exit 1
  found=$("$bin/pg_controldata" -D "$part" | sed -n 's/^Database system identifier: *//p') || exit 1
  [ "$found" = "$system" ] || refuse "$host has the cluster $found, not $system: the copy is not used"
  # Settings of the primary that ALTER SYSTEM left; a target or an archive of its own would be wrong here.
  as_postgres sh -c ': >"$1/postgresql.auto.conf" && : >"$1/standby.signal"' sh "$part" || exit 1
  finish_configuration || exit 1
  look
  rm -f -- "$conf/conf.d/60-baton-hold.conf" "$@" || exit 1
  if [ -d "$data" ]; then rmdir -- "$data" || exit 1; fi
  sync -f "$part" && mv -T -- "$part" "$data" && sync "$parent" || exit 1
  systemctl daemon-reload 9>&-`
