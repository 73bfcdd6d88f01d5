import { randomBytes } from 'node:crypto'
import { type Command, LEASE_LOST, type Output, type Script, sh } from '../command.ts'

/** A lease that this run has on a host, as its commands check it there. */
export interface Held {
  /** The host's directory of leases. */
  readonly directory: string
  readonly run: string
  readonly counter: number
}

/** New for each process: no command can know it before it runs, and so cannot pretend that it was fenced off. */
const marker = `baton-fence-${randomBytes(8).toString('hex')}`

/** Bytes of stderr that the marker and its reason may need. */
const KEEP = 512

/**
 * Arguments: directory, run, counter, marker, exit code. Builtins only, so that it costs no process.
 *
 * The highest counter must be this one: that there is no next one would not be enough, because of a holder that was stopped
 * in the middle of a renewal and brings its file back when the next one has long been removed.
 * Whatever cannot be read is not this run's: the command is not run.
 */
const guard = sh`
baton_seen= baton_top=$3
for baton_file in "$1"/lease.*; do
  baton_file=\${baton_file##*/lease.}
  case $baton_file in
    '' | 0* | *[!0-9]* | ???????????????*) ;;
    *) [ "$baton_file" -le "$baton_top" ] || baton_top=$baton_file ;;
  esac
done
{ IFS= read -r baton_seen <"$1/lease.$baton_top"; } 2>/dev/null
if [ "$baton_seen" != "$2 $3" ]; then
  printf '%s the lease of this run is over; on the host is now: %s\\n' "$4" "\${baton_seen:-none that can be read}" >&2
  exit "$5"
fi
unset baton_seen baton_top baton_file
shift 5`

/**
 * The same command, which first looks whether the lease is still this run's, and otherwise does nothing and leaves with
 * LEASE_LOST. It looks on the host, in front of every command: also of one that a controller which was stopped has left in
 * the shell's pipe. Time does not matter here, only the counter.
 * Source: https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html
 */
export const fence = (command: Command, { directory, run, counter }: Held): Command => ({
  ...command,
  script: `${guard}\n${command.script}` as Script,
  args: [directory, run, String(counter), marker, String(LEASE_LOST), ...(command.args ?? [])],
  ...(command.keepBytes !== undefined && { keepBytes: Math.max(command.keepBytes, KEEP) }),
  wraps: command,
})

/** What the host said of it. */
export const whyLeaseLost = ({ stderr }: Output): string =>
  /^ (.*)$/m.exec(stderr.toString().split(marker).at(-1) ?? '')?.[1] ?? 'the lease of this run is over'

/** A fenced command was not run, because the lease is not this run's any more. */
export const isLeaseLost = ({ code, stderr }: Output): boolean => code === LEASE_LOST && stderr.includes(marker)
