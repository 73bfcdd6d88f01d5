/** Characters that XML 1.0 has no way to write, not even escaped, and halves of surrogate pairs (https://www.w3.org/TR/xml/#charsets). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser would make spaces of these in an attribute, and a line feed of a carriage return in a text.
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
}

const writable = (text: string): string => text.replace(forbidden, '\ufffd')

const escapeText = (text: string): string => writable(text).replace(/[&<>\r]/g, found => entities[found] ?? found)

const escapeAttribute = (text: string): string =>
  writable(text).replace(/[&<>"\r\n\t]/g, found => entities[found] ?? found)

export interface Element {
  readonly name: string
  readonly attributes?: Readonly<Record<string, string | number | undefined>>
  /** Elements, or a text. */
  readonly children?: readonly Element[] | string
}

const write = ({ name, attributes = {}, children = [] }: Element, indent: string): string => {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined)
  const open = `${indent}<${name}${given.map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`).join('')}`
  if (children.length === 0) return `${open}/>\n`
  if (typeof children === 'string') return `${open}>${escapeText(children)}</${name}>\n`
  return `${open}>\n${children.map(child => write(child, `${indent}  `)).join('')}${indent}</${name}>\n`
}

/** A document. Any text may stand in it: what XML forbids becomes U+FFFD. */
export const xml = (root: Element): string => `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, '')}`
