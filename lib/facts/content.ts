import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { defineFact } from './fact.ts'

/** Bytes of a file that are read into memory at most. Larger ones answer without `bytes`. */
export const CONTENT_LIMIT = 1024 * 1024

/** The content of a regular file. `size` in bytes; `bytes` undefined: larger than CONTENT_LIMIT. */
export type Content = { readonly size: number | undefined; readonly bytes: Buffer | undefined }

const ABSENT: Content = { size: undefined, bytes: undefined }

/**
 * The bytes of small files (links are followed, as an editor would). Per path one line with the size, or `-` where there is
 * no regular file, then that many bytes. A file that grows or shrinks while it is read is a FactError.
 */
export const content = defineFact<string, Content>({
  kind: 'content',
  id: path => path,
  ask: paths => ({
    script: sh`
      limit=$1; shift
      for p do
        if [ ! -f "$p" ]; then echo -; continue; fi
        size=$(wc -c <"$p") || exit 1
        echo $((size))
        [ "$size" -gt "$limit" ] || cat -- "$p" || exit 1
      done`,
    args: [String(CONTENT_LIMIT), ...paths],
    keepBytes: 64 * CONTENT_LIMIT,
  }),
  parse: ({ code, stdout, stderr }, paths) => {
    if (code !== 0) throw new FactError(`cannot read a file: ${stderr.toString().trim()}`)
    let at = 0
    const answers = paths.map((path): Content => {
      const end = stdout.indexOf(10, at)
      const head = stdout.subarray(at, end).toString()
      if (end < 0 || !/^(-|\d+)$/.test(head)) throw new FactError(`${path} changed while it was read`)
      at = end + 1
      if (head === '-') return ABSENT
      const size = Number(head)
      if (size > CONTENT_LIMIT) return { size, bytes: undefined }
      const bytes = Buffer.from(stdout.subarray(at, at + size))
      at += size
      return { size, bytes }
    })
    if (at !== stdout.length) throw new FactError('a file changed while it was read')
    return answers
  },
  absent: answer => answer.size === undefined,
  show: answer => (answer.size === undefined ? {} : { content: answer.bytes ?? `${answer.size} bytes` }),
})
