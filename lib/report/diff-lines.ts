import type { ChangeReport, FactDiff } from '../event.ts'
import type { Paint, Style } from './paint.ts'

/** Lines of one text that are shown, by how often `-v` was given. */
const limits = [40, 400] as const

/** Attributes that say nothing to a person beside the text that they stand for. */
const evidence = new Set(['sha256'])

const styles: Readonly<Record<string, Style>> = { '-': 'red', '+': 'green', '@': 'cyan', '\\': 'gray' }

/** At most as many lines as this verbosity shows. */
const textLines = (lines: readonly string[], verbosity: number, paint: Paint): readonly string[] => {
  const limit = limits[verbosity] ?? Number.POSITIVE_INFINITY
  const coloured = lines.slice(0, limit).map(line => {
    const style = styles[line[0] ?? '']
    return style ? paint(style, line) : line
  })
  const left = lines.length - limit
  if (left <= 0) return coloured
  const flag = lines.length <= limits[1] ? '-v' : '-vv'
  return [...coloured, paint('gray', `… and ${left} more line${left === 1 ? '' : 's'} (${flag} shows all)`)]
}

const attributeLine = (
  { name, before, after }: FactDiff['attributes'][number],
  width: number,
  paint: Paint,
): string => {
  const label = name.padEnd(width)
  if (before === undefined) return paint('green', `+ ${label}  ${after ?? ''}`)
  if (after === undefined) return paint('red', `- ${label}  ${before}`)
  return `~ ${label}  ${paint('red', before)} -> ${paint('green', after)}`
}

const factLines = (diff: FactDiff, verbosity: number, paint: Paint): readonly string[] => {
  const width = Math.max(0, ...diff.attributes.map(a => a.name.length))
  const attributes = diff.attributes.map(a => attributeLine(a, width, paint))
  const texts = diff.texts.flatMap(({ name, lines }) => [
    ...(diff.attributes.length > 0 || diff.texts.length > 1 ? [`${name}:`] : []),
    ...textLines(lines, verbosity, paint),
  ])
  return [diff.fact, ...[...attributes, ...texts].map(line => `  ${line}`)]
}

/** The facts of a change before and after, coloured, not indented. */
export const diffLines = ({ diffs }: ChangeReport, verbosity: number, paint: Paint): readonly string[] => {
  const told = verbosity === 0 && diffs.some(d => d.texts.length > 0)
  const shown = diffs.filter(d => !told || d.texts.length > 0 || d.attributes.some(a => !evidence.has(a.name)))
  return shown.flatMap(diff => factLines(diff, verbosity, paint))
}
