import { type Command, sh } from '../command.ts'

export type UnitVerb =
  | 'daemon-reload'
  | 'unmask'
  | 'enable'
  | 'disable'
  | 'start'
  | 'restart'
  | 'try-restart'
  | 'stop'
  | 'mask'

const script = sh`
  unit=$1 deadline=$(($(date +%s) + $2)) limit=$2
  shift 2

  left() { left=$((deadline - $(date +%s))); [ "$left" -gt 0 ] || left=1; }
  fail() {
    echo "$unit $1" >&2
    journalctl --no-pager --quiet --lines=20 --output=short-iso --unit="$unit" >&2
    exit 1
  }
  settled() {
    while :; do
      state=$(systemctl is-active -- "$unit")
      case $state in active | inactive | failed) return ;; esac
      [ "$(date +%s)" -lt "$deadline" ] || fail "is still $state after $limit s"
      sleep 1
    done
  }
  property() { systemctl show --property="$1" -- "$unit" | sed 's/^[^=]*=//'; }

  for verb do
    case $verb in
      daemon-reload) systemctl daemon-reload || exit 1 ;;
      stop)
        left; timeout "$left" systemctl stop -- "$unit"
        case $? in 0 | 124) ;; *) fail "did not stop" ;; esac
        settled
        [ "$state" != active ] || fail 'is active again after it was stopped' ;;
      start | restart | try-restart)
        systemctl reset-failed -- "$unit" 2>/dev/null
        left; timeout "$left" systemctl "$verb" -- "$unit"
        case $? in 0 | 124) ;; *) fail "did not $verb" ;; esac
        settled
        [ "$verb $state" != 'try-restart inactive' ] || continue
        [ "$state" = active ] || fail "is $state after $verb"
        case $(property Type) in
          simple | exec | idle)
            restarts=$(property NRestarts)
            sleep 1
            settled
            [ "$state $(property NRestarts)" = "active $restarts" ] || fail "ended within a second of its $verb" ;;
        esac ;;
      *) systemctl --quiet "$verb" -- "$unit" || exit 1 ;;
    esac
  done`

/**
 * Does these verbs to a unit, in order. A unit that is *activating* is awaited for `timeoutSeconds` in all; on failure its
 * last 20 journal lines go to stderr. A service that systemd calls active as soon as its process is there (Type=simple) is
 * looked at again a second later, because a program that is missing or dies at once is seen only then.
 */
export const unitCommand = (unit: string, verbs: readonly UnitVerb[], timeoutSeconds: number): Command => ({
  script,
  args: [unit, String(timeoutSeconds), ...verbs],
  timeoutMs: (timeoutSeconds + 60) * 1000,
})
