import { randomUUID } from 'node:crypto'
import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { defineFact } from './fact.ts'

/** Bytes of a file that are read into memory at most. Larger ones answer without `bytes`. */
export const CONTENT_LIMIT = 1024 * 1024

/** The content of a regular file. `size` in bytes; `bytes` undefined: larger than CONTENT_LIMIT. */
export interface Content {
  readonly size: number | undefined
  readonly bytes: Buffer | undefined
  /** It was read through a link at the path, so that it may change under another name. */
  readonly link?: boolean
}

const ABSENT: Content = { size: undefined, bytes: undefined }

const changed = (path: string): FactError => new FactError(`${path} changed while it was read`)

/**
 * The bytes of small files (links are followed, as an editor would). First a mark that nobody can guess; per path one line,
 * `file 12`, `link 12`, `large 2000000`, or `-` where there is no regular file, then that many bytes and the mark. So no file
 * that changes while it is read can speak for its neighbour. Of one that grows it is what was there; one that shrinks is a
 * FactError.
 */
export const content = defineFact<string, Content>({
  kind: 'content',
  id: path => path,
  ask: paths => ({
    script: sh`
      mark=$1 limit=$2; shift 2
      echo "$mark"
      for p do
        if [ ! -f "$p" ]; then echo -; continue; fi
        size=$(wc -c <"$p") || exit 1
        if [ "$size" -gt "$limit" ]; then echo "large $((size))"; continue; fi
        [ -L "$p" ] && echo "link $((size))" || echo "file $((size))"
        head -c "$((size))" -- "$p" || exit 1
        echo "$mark"
      done`,
    args: [randomUUID(), String(CONTENT_LIMIT), ...paths],
    keepBytes: 64 * CONTENT_LIMIT,
  }),
  parse: ({ code, stdout, stderr }, paths) => {
    if (code !== 0) throw new FactError(`cannot read a file: ${stderr.toString().trim()}`)
    const mark = stdout.subarray(0, stdout.indexOf(10) + 1)
    if (!/^[0-9a-f-]{36}\n$/.test(mark.toString('latin1'))) throw new FactError('the contents of files are cut off')
    let at = mark.length
    const answers = paths.map((path): Content => {
      const end = stdout.indexOf(10, at)
      const [, what, digits] = /^(-|file|link|large)(?: (\d+))?$/.exec(stdout.toString('latin1', at, end)) ?? []
      if (end < 0 || !what) throw changed(path)
      at = end + 1
      if (what === '-') return ABSENT
      const size = Number(digits)
      if (what === 'large') return { size, bytes: undefined }
      const bytes = Buffer.from(stdout.subarray(at, at + size))
      at += size + mark.length
      if (!stdout.subarray(at - mark.length, at).equals(mark)) throw changed(path)
      return { size, bytes, ...(what === 'link' && { link: true }) }
    })
    if (at !== stdout.length) throw new FactError('a file changed while it was read')
    return answers
  },
  absent: answer => answer.size === undefined,
  show: answer => (answer.size === undefined ? {} : { content: answer.bytes ?? `${answer.size} bytes` }),
})
