const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Text within a line of Markdown or a cell of a table: it is nothing but text, whatever it says. */
export const inline = (text: string): string =>
  text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[&<>]/g, found => entities[found] ?? found)
    .replace(/[\\`*_{}[\]()#+!|~$-]/g, '\\$&')

/** Text as it is, in a block that it cannot end. */
export const fence = (text: string, language = 'text'): string => {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(ticks => ticks.length))
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}${language}\n${text}\n${ticks}\n`
}

/** `summary` is Markdown of one line. */
export const details = (summary: string, body: string): string =>
  `<details><summary>${summary}</summary>\n\n${body}\n</details>\n`
