import type { Report } from '../../../lib/report/html/report.ts'

/** The parts of a page, as text. */
export interface Parts {
  readonly policy: string
  readonly style: string
  readonly data: string
  readonly script: string
  /** The page without its style, data and script: all the markup that there is. */
  readonly markup: string
  readonly report: Report
}

const between = (page: string, open: RegExp, close: string): string => {
  const start = open.exec(page)
  if (!start) throw new Error(`no ${open.source} in the page`)
  const from = start.index + start[0].length
  return page.slice(from, page.indexOf(close, from))
}

/** Taken apart as a browser does it: an element ends at the first thing that looks like its end. */
export const partsOf = (page: string): Parts => {
  const style = between(page, /<style>/, '</style')
  const data = between(page, /<script type="application\/json" id="report">/, '</script')
  const script = between(page, /<script>/, '</script')
  return {
    policy: between(page, /<meta http-equiv="Content-Security-Policy" content="/, '"'),
    style,
    data,
    script,
    markup: page.replace(style, '').replace(data, '').replace(script, ''),
    report: JSON.parse(data) as Report,
  }
}

/** What a page says that rows came to, by word. */
export const wordsOf = ({ rows, words }: Report): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const word of rows.word) counts[words[word]!] = (counts[words[word]!] ?? 0) + 1
  return counts
}
