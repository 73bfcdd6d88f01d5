import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { showSafely } from '../secret.ts'
import { defineFact } from './fact.ts'

/** SHA-256 of a regular file, lower-case hex; `undefined`: there is no regular file at the path (links are not followed). */
export type Digest = { readonly sha256: string | undefined }

/**
 * The digest of a file's content, for files of any size. One `sha256sum` process for all paths.
 * `ba7816bf...  /etc/hosts\0`; see https://www.gnu.org/software/coreutils/manual/html_node/md5sum-invocation.html
 */
export const digest = defineFact<string, Digest>({
  kind: 'digest',
  id: path => path,
  ask: paths => ({
    script: sh`
      export LC_ALL=C
      for p do shift; [ -f "$p" ] && [ ! -L "$p" ] && set -- "$@" "$p"; done
      [ $# -eq 0 ] && exit 0
      if sha256sum -z /dev/null >/dev/null 2>&1; then sha256sum -z -- "$@"
      else for p do printf '%s  %s\\0' "$(sha256sum <"$p" | cut -c 1-64)" "$p"; done
      fi`,
    args: paths,
    timeoutMs: 600_000,
  }),
  parse: ({ stdout, stderr, code }, paths) => {
    if (code !== 0) throw new FactError(`cannot read a file: ${stderr.toString().trim()}`)
    const found = new Map<string, string>()
    for (const line of stdout.toString().split('\0')) {
      if (line === '') continue
      const [, sha256, path] = /^([0-9a-f]{64}) [ *](.+)$/s.exec(line) ?? []
      if (!sha256 || !path) throw new FactError(`sha256sum printed ${JSON.stringify(showSafely(line, 100))}`)
      found.set(path, sha256)
    }
    return paths.map(path => ({ sha256: found.get(path) }))
  },
  absent: answer => answer.sha256 === undefined,
  show: answer => (answer.sha256 ? { sha256: answer.sha256.slice(0, 12) } : {}),
})
