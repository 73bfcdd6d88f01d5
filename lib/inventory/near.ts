/** Letters to insert, delete, replace or swap with a neighbour until `a` is `b` (optimal string alignment distance). */
const distance = (a: string, b: string): number => {
  let older: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? older[j - 2]! + 1 : replaced
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, replaced, swapped))
    }
    older = previous
    previous = row
  }
  return previous[b.length]!
}

/** The candidates that `name` is most likely a misspelling of: up to three of the same, smallest distance. */
export const near = (name: string, candidates: Iterable<string>): readonly string[] => {
  const plain = (text: string) => text.toLowerCase().replaceAll('-', '_')
  const allowed = Math.max(1, Math.floor(name.length / 3))
  const ranked = [...new Set(candidates)]
    .filter(candidate => candidate !== name && Math.abs(candidate.length - name.length) <= allowed)
    .map(candidate => ({ candidate, far: distance(plain(name), plain(candidate)) }))
    .filter(({ far }) => far <= allowed)
    .sort((a, b) => a.far - b.far)
  return ranked
    .filter(({ far }) => far === ranked[0]?.far)
    .map(({ candidate }) => candidate)
    .slice(0, 3)
}

/** `Did you mean standby?`; without a near one, what there is. */
export const suggest = (name: string, candidates: Iterable<string>): { readonly hint?: string } => {
  const all = [...new Set(candidates)]
  const close = near(name, all)
  if (close.length) return { hint: `Did you mean ${close.join(' or ')}?` }
  if (!all.length) return {}
  return {
    hint: `There ${all.length === 1 ? 'is' : 'are'}: ${all.slice(0, 12).join(', ')}${all.length > 12 ? ' ...' : ''}`,
  }
}
