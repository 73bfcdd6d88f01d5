/** A part of a page, and what stands in its place where there is no room for it. */
export interface Part {
  readonly full: string
  /** Left out: it cannot be made shorter. */
  readonly short?: string
  /** It is a task: counted where it is left out. Others are headings, which stand only in front of something. */
  readonly counts: boolean
}

export interface Fitted {
  readonly text: string
  /** Parts that are there in short only. */
  readonly shortened: number
  /** Parts that are not there at all. */
  readonly missing: number
}

const bytes = (text: string): number => Buffer.byteLength(text)

/** Which parts must be made short: the largest first, so that as many as can be stay whole. */
const toShorten = (parts: readonly Part[], limit: number): ReadonlySet<Part> => {
  let over = parts.reduce((sum, { full }) => sum + bytes(full), 0) - limit
  const saves = (part: Part) => (part.short === undefined ? 0 : bytes(part.full) - bytes(part.short))
  const short = new Set<Part>()
  for (const part of parts.filter(one => saves(one) > 0).toSorted((a, b) => saves(b) - saves(a))) {
    if (over <= 0) break
    short.add(part)
    over -= saves(part)
  }
  return short
}

/** As much of the parts as goes into so many bytes, in their order: first some in short, then the last not at all. */
export const fitInto = (parts: readonly Part[], limit: number): Fitted => {
  const short = toShorten(parts, limit)
  let text = ''
  let heading = ''
  for (const [i, part] of parts.entries()) {
    const now = short.has(part) ? part.short! : part.full
    if (!part.counts) {
      heading += now
      continue
    }
    if (bytes(text) + bytes(heading) + bytes(now) > limit) {
      const left = parts.slice(i)
      const shortened = parts.slice(0, i).filter(one => short.has(one)).length
      return { text, shortened, missing: left.filter(({ counts }) => counts).length }
    }
    text += heading + now
    heading = ''
  }
  return { text, shortened: short.size, missing: 0 }
}
