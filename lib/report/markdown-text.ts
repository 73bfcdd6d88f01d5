/** What Markdown, a table's cells or HTML take for markup. */
const markup = /[&<>\\`*_[\]#|~$]/g

/**
 * Text that is nothing but text, whatever it says: in a line of Markdown, in a cell of a table and within HTML, where a
 * backslash would be seen but an entity is not.
 */
export const inline = (text: string): string =>
  text.replace(/\s*\n\s*/g, ' ').replace(markup, found => `&#${found.charCodeAt(0)};`)

/** Text as it is, in a block that it cannot end. */
export const fence = (text: string, language = 'text'): string => {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(ticks => ticks.length))
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}${language}\n${text}\n${ticks}\n`
}

/** `summary` is HTML of one line: Markdown is not read there. */
export const details = (summary: string, body: string): string =>
  `<details><summary>${summary}</summary>\n\n${body}\n</details>\n`
