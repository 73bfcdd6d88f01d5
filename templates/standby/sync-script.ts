import { type Script, sh } from '../../lib/command.ts'
import { prelude } from './prelude.ts'
import { quote } from './quote.ts'
import { inOrder, type Publication } from './step.ts'

/** Where things are, for the synchronisation job. No secret is among them. */
export interface SyncSettings {
  /** libpq's connection string of the active, with `passfile=` and without a password. */
  readonly activeDatabase: string
  /** Of the standby's PostgreSQL: the directory of its socket, its port, its unit. */
  readonly socket: string
  readonly port: number
  readonly databaseUnit: string
  /** PostgreSQL's own log, for the reason of a failure. Left out: where postgresql-common has it for the unit. */
  readonly databaseLog?: string
  readonly databaseUser: string
  readonly artifactoryDatabase: string
  readonly artifactoryUnit: string
  /** Put into the recovery point. */
  readonly artifactoryVersion: string
  /** The active's var directory as rsync names it, without a slash at the end: `user@host:` under rrsync, or a path. */
  readonly source: string
  /** The standby's real var directory, behind the link. */
  readonly destination: string
  /** The filestore, from the var directory. */
  readonly filestorePath: string
  /** rsync's -e; empty for a local copy. Split at blanks by rsync. */
  readonly remoteShell: string
  readonly copyUser: string
  readonly excludesFile: string
  readonly stateDirectory: string
  readonly logFile: string
  readonly lockFile: string
  /** Written at each cycle: the recovery target of the standby's database. */
  readonly holdFile: string
  /** Silence of the network after which rsync gives up. */
  readonly timeoutSeconds: number
  /** Time without any progress after which a database that should move is given up. */
  readonly stallSeconds: number
  /** Files that are hashed at each verification. */
  readonly hashSample: number
}

const names = {
  active_database: 'activeDatabase',
  socket: 'socket',
  port: 'port',
  database_unit: 'databaseUnit',
  database_user: 'databaseUser',
  artifactory_database: 'artifactoryDatabase',
  artifactory_unit: 'artifactoryUnit',
  artifactory_version: 'artifactoryVersion',
  source: 'source',
  destination: 'destination',
  filestore_path: 'filestorePath',
  remote_shell: 'remoteShell',
  copy_user: 'copyUser',
  excludes: 'excludesFile',
  state: 'stateDirectory',
  log_file: 'logFile',
  lock_file: 'lockFile',
  hold_file: 'holdFile',
  timeout_seconds: 'timeoutSeconds',
  stall_seconds: 'stallSeconds',
  sample: 'hashSample',
} as const satisfies Record<string, keyof SyncSettings>

/** Three cycles at most: what was deleted on the active during one is no longer referred to by the position of the next. */
const main = sh`
    umask 027
    cd / || exit 1
    exec 9>"$lock_file" || exit 1
    if ! flock -n 9; then
      echo "a synchronisation is running already; this one leaves" >&2
      exit 75
    fi
    work=$state/work
    filestore=$destination/$filestore_path
    true >>"$log_file" || fail "cannot write the log $log_file"
    mkdir -p "$work" && chmod 0700 "$work" || exit 1
    cycles=1
    while :; do
      rm -f "$work"/* || exit 1
      : >"$work/bad" || exit 1
      check_standby
      check_published
      cycle
      [ "$verdict" = incomplete ] || exit 0
      [ "$cycles" -lt 3 ] || fail "the filestore lacks what the database refers to, after $cycles cycles"
      cycles=$((cycles + 1))
    done`

/** The text of a Script without the indentation that it has in its source. */
const dedent = (script: Script): string => {
  const [first = '', ...rest] = script.split('\n')
  const depth = Math.min(...rest.filter(line => line.trim()).map(line => line.search(/\S/)))
  return [first, ...rest.map(line => line.slice(depth))].join('\n')
}

/** pg_createcluster(1) */
const logOf = (unit: string): string =>
  `/var/log/postgresql/${unit.replace(/^postgresql@/, 'postgresql-').replace(/\.service$/, '')}.log`

/** The synchronisation job as a POSIX sh script. Exit codes: 0 verified, 75 another one is running, else no recovery point. */
export const syncScript = (job: Publication, settings: SyncSettings): string => {
  const steps = inOrder(job)
  const log = settings.databaseLog ?? logOf(settings.databaseUnit)
  return `#!/bin/sh
# Written by Baton; changes are overwritten. One cycle: ${steps.map(({ call: [name] }) => name).join(', ')}.
set -u
export LC_ALL=C
${Object.entries(names)
  .map(([name, key]) => `${name}=${quote(String(settings[key]))}`)
  .join('\n')}
database_log=${quote(log)}

${[prelude, ...new Set(steps.map(step => step.definition))].map(dedent).join('\n\n')}

cycle() {
${steps.map(({ call }) => `  ${call.map((word, i) => (i ? quote(word) : word)).join(' ')}`).join('\n')}
}

${dedent(main)}
`
}
