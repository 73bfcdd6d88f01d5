import { z } from 'zod'
import { sh } from '../../command.ts'
import { FactError } from '../../errors.ts'
import { defineFact } from '../fact.ts'

interface Question {
  readonly version: string
  readonly name: string
  readonly dataDirectory: string
}

const schema = z.object({
  /** PostgreSQL's programs of this version are there. */
  installed: z.boolean(),
  /** Debian's cluster tools know it: there is a configuration of that name, and of this very data directory. */
  configured: z.boolean(),
  /** `foreign`: something is in the data directory that is no cluster. */
  data: z.enum(['absent', 'empty', 'cluster', 'foreign']),
  /** standby.signal is there. */
  standby: z.boolean(),
  running: z.boolean(),
  systemIdentifier: z.string().optional(),
  /** WAL up to which it must replay before it is consistent, as of the control file; `0/0`: none. Left out of a claim. */
  minimumRecovery: z
    .string()
    .regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/)
    .optional(),
})

export type ClusterState = z.output<typeof schema>

/**
 * A cluster on disk, whether its server runs or not: `true true cluster true true 7711071118860527375 0/3000F10`. By the control file,
 * https://www.postgresql.org/docs/current/app-pgcontroldata.html, and pg_conftool(1).
 */
export const cluster = defineFact<Question, ClusterState>({
  kind: 'postgres-cluster',
  id: ({ version, name, dataDirectory }) => `${version}/${name} ${dataDirectory}`,
  ask: questions => ({
    script: sh`
      export LC_ALL=C
      while [ $# -ge 3 ]; do
        bin=/usr/lib/postgresql/$1/bin installed=false configured=false data=absent standby=false running=false system= minimum=
        [ ! -x "$bin/postgres" ] || installed=true
        [ "$(pg_conftool -s "$1" "$2" show data_directory 2>/dev/null | sed 's:/*$::')" != "$3" ] || configured=true
        if [ -e "$3" ] || [ -L "$3" ]; then
          found=$(ls -A -- "$3") || exit 1
          data=foreign
          [ -n "$found" ] || data=empty
          if [ -e "$3/PG_VERSION" ]; then
            data=cluster
            [ ! -e "$3/standby.signal" ] || standby=true
            if [ -e "$3/postmaster.pid" ]; then
              read -r pid <"$3/postmaster.pid"
              [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != postgres ] || running=true
            fi
            control=$("$bin/pg_controldata" -D "$3") || exit 1
            system=$(printf '%s\\n' "$control" | sed -n 's/^Database system identifier: *//p')
            minimum=$(printf '%s\\n' "$control" | sed -n 's/^Minimum recovery ending location: *//p')
          fi
        fi
        echo "$installed $configured $data $standby $running $system $minimum"
        shift 3
      done`,
    args: questions.flatMap(({ version, name, dataDirectory }) => [version, name, dataDirectory]),
  }),
  parse: ({ code, stdout, stderr }, questions) => {
    if (code !== 0) throw new FactError(`cannot look at a PostgreSQL cluster: ${stderr.toString().trim()}`)
    const lines = stdout.toString().trimEnd().split('\n')
    if (lines.length !== questions.length) throw new FactError('the answer about PostgreSQL clusters is cut off')
    return lines.map(line => {
      const [installed, configured, data, standby, running, system, minimum] = line.split(' ')
      const answer = schema.safeParse({
        installed: installed === 'true',
        configured: configured === 'true',
        data,
        standby: standby === 'true',
        running: running === 'true',
        ...(system && { systemIdentifier: system }),
        ...(minimum && { minimumRecovery: minimum }),
      })
      if (!answer.success) throw new FactError(`about a PostgreSQL cluster the host says ${JSON.stringify(line)}`)
      return answer.data
    })
  },
  stable: ({ minimumRecovery: _, ...rest }) => rest,
  absent: answer => answer.data === 'absent' || !answer.installed,
  show: ({ data, standby, systemIdentifier, configured }) => ({
    data: data === 'absent' ? undefined : data,
    role: data === 'cluster' ? (standby ? 'standby' : 'primary') : undefined,
    configured: configured ? 'yes' : undefined,
    systemIdentifier,
  }),
})
