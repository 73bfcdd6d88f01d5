import { sh } from '../../command.ts'
import { FactError } from '../../errors.ts'
import { defineFact } from '../fact.ts'

export interface RecoveryTarget {
  /** The WAL position up to which the file lets a recovery run. Undefined: it names none, or is not there. */
  readonly position: string | undefined
}

/**
 * `recovery_target_lsn` in a file of settings: `0/A000000`, or an empty line. It is moved at each cycle by whoever holds the
 * standby, so that a plan must not be bound to the file's bytes.
 * https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-RECOVERY-TARGET-LSN
 */
export const recoveryTarget = defineFact<string, RecoveryTarget>({
  kind: 'postgres-recovery-target',
  id: path => path,
  volatile: true,
  ask: paths => ({
    script: sh`
      for p do
        if [ -f "$p" ]; then
          found=$(sed -n "s/^[[:space:]]*recovery_target_lsn[[:space:]]*=\\{0,1\\}[[:space:]]*'\\([^']*\\)'.*/\\1/p" <"$p") || exit 1
          printf '%s\\n' "$found" | tail -n 1
        else echo
        fi
      done`,
    args: paths,
  }),
  parse: ({ code, stdout, stderr }, paths) => {
    if (code !== 0) throw new FactError(`cannot read a recovery target: ${stderr.toString().trim()}`)
    const lines = stdout.toString().split('\n').slice(0, -1)
    if (lines.length !== paths.length) throw new FactError('the answer about recovery targets is cut off')
    return lines.map(line => ({ position: /^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/.test(line) ? line : undefined }))
  },
  absent: answer => answer.position === undefined,
  show: ({ position }) => (position === undefined ? {} : { position }),
})
