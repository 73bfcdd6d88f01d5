const MOST_HOSTS = 10_000
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** What one `FROM:TO` or `FROM:TO:STEP` stands for, or what is wrong with it. */
const expandOne = (range: string): readonly string[] | string => {
  const parts = /^(?:(\d*):(\d+)|([A-Za-z]):([A-Za-z]))(?::(\d+))?$/.exec(range)
  if (!parts) return `[${range}] is not a range; expected [FROM:TO] or [FROM:TO:STEP], of numbers or of letters`
  const [, start, high, firstLetter, lastLetter, by] = parts
  // As in Ansible, [:3] starts at 0.
  const low = start === '' ? '0' : start
  const step = Number(by ?? 1)
  if (step < 1) return `[${range}] has a step of 0`
  const [from, to] = low ? [Number(low), Number(high)] : [letters.indexOf(firstLetter!), letters.indexOf(lastLetter!)]
  if (to < from) return `[${range}] ends before it starts`
  const width = low?.startsWith('0') && low.length > 1 ? low.length : 0
  if (width && high!.length !== width) return `[${range}] pads its start but not its end; give both the same length`
  const count = Math.floor((to - from) / step) + 1
  if (count > MOST_HOSTS) return `[${range}] stands for ${count} hosts; at most ${MOST_HOSTS} are allowed`
  return Array.from({ length: count }, (_, i) => {
    const value = from + i * step
    return low ? String(value).padStart(width, '0') : letters[value]!
  })
}

/** `db[01:03]` -> db01, db02, db03. Several ranges in a name give every combination. A string says what is wrong. */
export const expandRanges = (name: string): readonly string[] | string => {
  const found = /\[([^\]]*)\]/.exec(name)
  if (!found) return [name]
  const here = expandOne(found[1] ?? '')
  if (typeof here === 'string') return here
  const behind = expandRanges(name.slice(found.index + found[0].length))
  if (typeof behind === 'string') return behind
  if (here.length * behind.length > MOST_HOSTS) return `${name} stands for more than ${MOST_HOSTS} hosts`
  const before = name.slice(0, found.index)
  return here.flatMap(value => behind.map(rest => `${before}${value}${rest}`))
}
