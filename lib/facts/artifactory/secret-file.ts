import { sh } from '../../command.ts'
import { FactError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import { defineFact } from '../fact.ts'

export interface SecretContent {
  /** The whole file; `undefined`: there is no file. */
  readonly secret: Secret | undefined
}

/**
 * Content of a small text file that nobody may see: a key, a password file, a configuration with passwords. Never shown; what
 * of it is to be masked elsewhere is for the task to say, which knows the format (`Secret.found`).
 */
export const secretFile = defineFact<string, SecretContent>({
  kind: 'secret-file',
  id: path => path,
  ask: paths => ({
    script: sh`
      for p do
        if [ -f "$p" ]; then
          [ "$(wc -c <"$p")" -le 1048576 ] || { echo "$p is larger than 1 MiB" >&2; exit 1; }
          encoded=$(base64 <"$p") || exit 1
          printf '=%s\\n' "$(printf '%s' "$encoded" | tr -d '\\n')"
        elif [ -e "$p" ]; then echo "$p is no file" >&2; exit 1
        else echo -
        fi
      done`,
    args: paths,
  }),
  parse: ({ code, stdout, stderr }, paths) => {
    if (code !== 0) throw new FactError(`cannot read a file: ${stderr.toString().trim()}`)
    const lines = stdout.toString().split('\n').slice(0, -1)
    if (lines.length !== paths.length) throw new FactError('the answer about files is cut off')
    return lines.map(line => ({
      secret: line.startsWith('=') ? Secret.document(Buffer.from(line.slice(1), 'base64').toString()) : undefined,
    }))
  },
  absent: answer => answer.secret === undefined,
  show: answer => (answer.secret ? { content: '[secret]' } : {}),
  keeps: (claimed, observed) =>
    claimed.secret === undefined ? observed.secret === undefined : observed.secret?.equals(claimed.secret) === true,
})
