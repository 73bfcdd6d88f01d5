import { Refusal } from '../../errors.ts'
import { escapedMountPath } from '../../facts/mountinfo.ts'
import { insertLines, joinLines, type Line, splitLines } from './lines.ts'

/** A line of fstab(5). */
export interface FstabLine {
  readonly source: string
  readonly at: string
  readonly type: string
  readonly options: readonly string[]
  readonly dump: number
  readonly pass: number
}

const fieldsOf = ({ text }: Line): readonly string[] | undefined => {
  const fields = text.trim().split(/[ \t]+/)
  return text.trim() === '' || text.trim().startsWith('#') ? undefined : fields
}

const wantedFields = ({ source, at, type, options, dump, pass }: FstabLine): readonly string[] => [
  escapedMountPath(source),
  escapedMountPath(at),
  type,
  options.join(',') || 'defaults',
  String(dump),
  String(pass),
]

/** The last two fields may be missing, which means 0. */
const complete = ([source, at, type, options = 'defaults', dump = '0', pass = '0']: readonly string[]) =>
  [source, at, type, options, dump, pass].join(' ')

/** One line mounts something at the path, and it is this one; `undefined`: none does. Several are refused: which one counts? */
export const ensureFstabLine = (file: string, text: string, at: string, wanted: FstabLine | undefined): string => {
  const lines = splitLines(text)
  const field = escapedMountPath(at)
  const found = lines.flatMap((line, i) => (fieldsOf(line)?.[1] === field ? [i] : []))
  if (found.length > 1) throw new Refusal(`${file} has ${found.length} lines for ${at}`)
  const [index] = found
  const old = index === undefined ? undefined : lines[index]
  if (!wanted) return joinLines(lines.filter(line => line !== old))
  const fields = wantedFields(wanted)
  if (index === undefined || !old) return joinLines(insertLines(lines, lines.length, [fields.join(' ')]))
  if (complete(fieldsOf(old) ?? []) === complete(fields)) return text
  return joinLines(lines.with(index, { text: fields.join(' '), end: old.end }))
}
