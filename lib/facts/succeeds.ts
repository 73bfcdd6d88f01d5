import { createHash } from 'node:crypto'
import { type Script, sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { defineFact } from './fact.ts'

/** A read-only test: a script that looks and writes nothing. Whoever writes it vouches for that. */
export interface Probe {
  readonly script: Script
  readonly args?: readonly string[]
}

export interface Success {
  readonly succeeds: boolean
}

const words = ({ script, args = [] }: Probe): readonly string[] => [script, ...args]

/** Short enough to be read in a message, and different for different probes. */
const id = (probe: Probe): string => {
  const text = words(probe).join(' ').replace(/\s+/g, ' ')
  const digest = createHash('sha256')
    .update(JSON.stringify(words(probe)))
    .digest('hex')
    .slice(0, 8)
  return `${text.length > 60 ? `${text.slice(0, 57)}...` : text} #${digest}`
}

/**
 * Does a script end with exit code 0? Its output is thrown away, its stdin is empty. Ended by a signal is neither yes nor
 * no: FactError. 127, a program that is not there, is a no.
 */
export const succeeds = defineFact<Probe, Success>({
  kind: 'succeeds',
  id,
  ask: probes => ({
    script: sh`
      while [ $# -gt 0 ]; do
        count=$1; shift
        (
          i=0
          for word do
            [ "$i" -lt "$count" ] && set -- "$@" "$word"
            i=$((i + 1)); shift
          done
          script=$1; shift
          exec sh -c "$script" sh "$@"
        ) </dev/null >/dev/null 2>&1
        echo $?
        shift "$count"
      done`,
    args: probes.flatMap(probe => [String(words(probe).length), ...words(probe)]),
    timeoutMs: 300_000,
  }),
  parse: ({ code, stdout, stderr }, probes) => {
    const codes = stdout.toString().split('\n').slice(0, -1)
    if (code !== 0 || codes.length !== probes.length || !codes.every(c => /^\d+$/.test(c)))
      throw new FactError(`cannot run a test: ${stderr.toString().trim() || `exit code ${code}`}`)
    return codes.map((c, i) => {
      if (Number(c) > 128) throw new FactError(`the test ${id(probes[i]!)} ended with code ${c}: by a signal?`)
      return { succeeds: c === '0' }
    })
  },
  // Nobody knows what a script looks at.
  dependsOnAnything: true,
  absent: answer => !answer.succeeds,
})
