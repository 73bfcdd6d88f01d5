/** `*` is any number of characters, `?` is one. */
export const matchesPattern = (text: string, pattern: string): boolean => {
  let t = 0
  let p = 0
  let star = -1
  let mark = 0
  while (t < text.length)
    if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t]) && pattern[p] !== '*') {
      t++
      p++
    } else if (pattern[p] === '*') {
      star = p++
      mark = t
    } else if (star >= 0) {
      p = star + 1
      t = ++mark
    } else return false
  while (pattern[p] === '*') p++
  return p === pattern.length
}

/**
 * A comma-separated list: one pattern must match, and none with `!` before it. Case of the list does not matter; the text is
 * given in lower case. Source: ssh_config(5), PATTERNS, https://man.openbsd.org/ssh_config.5#PATTERNS
 */
export const matchesList = (text: string, list: string): boolean => {
  const patterns = list.toLowerCase().split(',')
  if (patterns.some(p => p.startsWith('!') && matchesPattern(text, p.slice(1)))) return false
  return patterns.some(p => !p.startsWith('!') && p !== '' && matchesPattern(text, p))
}
