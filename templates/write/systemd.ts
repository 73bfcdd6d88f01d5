import { oneLine } from './one-line.ts'

/**
 * A part of a unit file that is meant for systemd as it stands: specifiers (`%n`), and the words of a command line. Made by
 * `raw`, `execLine`, `environment` and `unitPath`.
 */
export class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = oneLine('a line of a unit', text)
  }
}

/** The text as it stands: `%n`, `%i` and the like keep their meaning. Never for what a user of the playbook gives. */
export const raw = (text: string): Raw => new Raw(text)

const noSpecifiers = (text: string): string => text.replaceAll('%', '%%')

const cEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const quoted = (text: string): string => {
  if (text.includes('\0')) throw new Error('a unit cannot hold a NUL character')
  return `"${noSpecifiers(text).replace(/[\\"\n\r\t]/g, c => cEscapes[c] ?? c)}"`
}

/** Letters that mean nothing to systemd anywhere in a word. */
const harmless = /^[A-Za-z0-9_./:=,+-]+$/

const word = (text: string): string => (harmless.test(text) ? text : quoted(text.replaceAll('$', '$$$$')))

/**
 * A command line for `ExecStart=` and its like: each word arrives at the program as it was given. Quotes and backslashes are
 * escaped, `%` and `$` doubled. The program must be an absolute path, because a first letter such as `-` or `+` would be an order
 * to systemd. systemd.service(5), COMMAND LINES.
 */
export const execLine = (program: string, ...args: readonly string[]): Raw => {
  if (!harmless.test(program) || !program.startsWith('/'))
    throw new Error(`not a plain absolute path: ${JSON.stringify(program)}`)
  // A lone `;` parts two commands.
  return new Raw([program, ...args.map(a => (a === ';' ? '\\;' : word(a)))].join(' '))
}

/** For `Environment=`: `"NAME=value"`, where nothing in the value is expanded. systemd.exec(5). */
export const environment = (name: string, value: string): Raw => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error(`no name of a variable: ${JSON.stringify(name)}`)
  return new Raw(quoted(`${name}=${value}`))
}

/** For settings that take several paths or words, such as `RequiresMountsFor=` and `ReadWritePaths=`. */
export const unitWords = (...words: readonly string[]): Raw =>
  new Raw(words.map(w => (harmless.test(w) ? w : quoted(w))).join(' '))

type Value = string | number | boolean | Raw | undefined

/** `undefined` leaves a setting out; a list writes it once for each value. */
export type UnitSection = Readonly<Record<string, Value | readonly Exclude<Value, undefined>[]>>

const setting = (name: string, value: Exclude<Value, undefined>): string => {
  if (!/^[A-Z][A-Za-z0-9]*$|^X-[A-Za-z0-9-]+$/.test(name))
    throw new Error(`no setting of a unit: ${JSON.stringify(name)}`)
  if (value instanceof Raw) return `${name}=${value.text}\n`
  if (typeof value === 'boolean') return `${name}=${value ? 'yes' : 'no'}\n`
  const text = noSpecifiers(oneLine(name, String(value)))
  // A backslash at the end would go on with the next line.
  if (text.endsWith('\\')) throw new Error(`${name}: a setting cannot end in a backslash`)
  return `${name}=${text}\n`
}

/**
 * A unit file. Plain strings have their `%` doubled and must be one line; what is parsed further by systemd (command lines,
 * variables, lists) is made by the functions above. systemd.syntax(7)
 */
export const unit = (sections: Readonly<Record<string, UnitSection>>): string =>
  Object.entries(sections)
    .map(([name, section]) => {
      if (!/^[A-Z][A-Za-z]*$|^X-[A-Za-z0-9-]+$/.test(name))
        throw new Error(`no section of a unit: ${JSON.stringify(name)}`)
      const lines = Object.entries(section).flatMap(([key, given]) =>
        (Array.isArray(given) ? given : [given]).flatMap(v => (v === undefined ? [] : [setting(key, v)])),
      )
      return `[${name}]\n${lines.join('')}`
    })
    .join('\n')
