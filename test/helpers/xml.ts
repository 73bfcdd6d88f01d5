export interface Node {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Node[]
  /** Of this element alone. */
  readonly text: string
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

const decode = (text: string): string =>
  text.replace(/&([^;]*);/g, (whole, name: string) => {
    if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1).replace(/^x/, '0x')))
    const found = entities[name]
    if (found === undefined) throw new Error(`no such entity: ${whole}`)
    return found
  })

// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML 1.0 forbids
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u

/** Reads a document strictly: throws where a parser of XML 1.0 would. Knows no DTD, no CDATA and no comments. */
export const parseXml = (document: string): Node => {
  if (forbidden.test(document)) throw new Error('a character that XML 1.0 forbids')
  const body = document.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '')
  const token = /<(\/?)([A-Za-z][\w.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
  const root: { children: Node[]; text: string } = { children: [], text: '' }
  const open: { name: string; children: Node[]; text: string }[] = [{ name: '', ...root }]
  let at = 0
  for (let found = token.exec(body); found; found = token.exec(body)) {
    at = token.lastIndex
    const [, closing, name = '', attributes = '', empty, text] = found
    const parent = open.at(-1)!
    if (text !== undefined) {
      if (/&(?!#?\w+;)|\]\]>/.test(text)) throw new Error(`not escaped: ${text}`)
      parent.text += decode(text)
    } else if (closing) {
      const ended = open.pop()
      if (ended?.name !== name) throw new Error(`</${name}> closes ${ended?.name}`)
    } else {
      const pairs = [...attributes.matchAll(/([\w:.-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => {
        if (/[\n\r\t]|&(?!#?\w+;)/.test(value)) throw new Error(`attribute ${key} is not written as it is read`)
        return [key, decode(value)] as const
      })
      if (new Set(pairs.map(([key]) => key)).size !== pairs.length)
        throw new Error(`an attribute of ${name} is there twice`)
      const node = { name, attributes: Object.fromEntries(pairs), children: [], text: '' }
      parent.children.push(node)
      if (!empty) open.push(node)
    }
  }
  if (at !== body.length) throw new Error(`not XML: ${body.slice(at, at + 40)}`)
  const [top, ...more] = open[0]!.children
  if (open.length > 1 || more.length > 0 || !top) throw new Error('not one element')
  return top
}
