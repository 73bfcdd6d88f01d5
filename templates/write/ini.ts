import { oneLine } from './one-line.ts'

type Value = string | number | boolean | undefined

/** `undefined` leaves a key out; a list writes the key once for each value. */
export type IniSection = Readonly<Record<string, Value | readonly Exclude<Value, undefined>[]>>

const key = (name: string): string => {
  if (!/^[^\s=:[\];#][^=:[\]\n\r\0]*$/.test(name) || name !== name.trim())
    throw new Error(`no key of an ini file: ${JSON.stringify(name)}`)
  return name
}

const value = (name: string, given: Exclude<Value, undefined>): string => {
  const text = oneLine(name, String(given))
  // There is no escape that all readers know, and what they make of these differs.
  if (text !== text.trim() || /[;#]/.test(text) || text.startsWith('"'))
    throw new Error(`${name}: an ini file cannot hold this value for sure: ${JSON.stringify(text)}`)
  return text
}

/** One section: `[name]`, then `key=value` lines. */
export const iniSection = (name: string, section: IniSection): string => {
  if (!/^[^\][\n\r\0]+$/.test(name)) throw new Error(`no name of a section: ${JSON.stringify(name)}`)
  const lines = Object.entries(section).flatMap(([k, given]) =>
    (Array.isArray(given) ? given : [given]).flatMap(v => (v === undefined ? [] : [`${key(k)}=${value(k, v)}\n`])),
  )
  return `[${name}]\n${lines.join('')}`
}

/**
 * An ini file. A value that readers understand differently (line ends, blanks at its edges, `;`, `#`, a quote at its start)
 * throws: there is no way to write it that all of them read back.
 */
export const ini = (sections: Readonly<Record<string, IniSection>>): string =>
  Object.entries(sections)
    .map(([name, section]) => iniSection(name, section))
    .join('\n')
