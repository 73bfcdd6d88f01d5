import type { FactDiff } from '../event.ts'

const HIDDEN = '[secret]'

type Mask = (text: string) => string

/** Of every added line that has a secret: what stands before it. */
const prefixes = (lines: readonly string[], mask: Mask): readonly string[] =>
  lines.flatMap(line => {
    if (!line.startsWith('+')) return []
    const masked = mask(line)
    return masked === line ? [] : [masked.slice(1, masked.indexOf(HIDDEN)).trimStart()]
  })

const hideInText = (lines: readonly string[], mask: Mask): readonly string[] => {
  const found = prefixes(lines, mask)
  if (found.length === 0) return lines
  return lines.map(line => {
    const start = line.slice(1).trimStart()
    const prefix = line.startsWith('-') ? found.find(p => start.startsWith(p)) : undefined
    return prefix === undefined ? line : `${line.slice(0, line.length - start.length)}${prefix}${HIDDEN}`
  })
}

/**
 * When a password is changed, the old one stands in the diff and no `Secret` of this run knows it. Where an added line has
 * a secret, the removed lines that begin alike (`password=`) lose their values; where a line is nothing but a secret,
 * all removed lines do.
 */
export const hideFormer = (diff: FactDiff, mask: Mask): FactDiff => ({
  ...diff,
  attributes: diff.attributes.map(attribute =>
    attribute.before !== undefined && attribute.after !== undefined && mask(attribute.after) !== attribute.after
      ? { ...attribute, before: HIDDEN }
      : attribute,
  ),
  texts: diff.texts.map(text => ({ ...text, lines: hideInText(text.lines, mask) })),
})
