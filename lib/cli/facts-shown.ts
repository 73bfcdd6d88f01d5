import { Document, isCollection, isMap, visit } from 'yaml'
import type { Paint } from '../report/paint.ts'
import { forTerminal, oneLine } from '../report/terminal-text.ts'
import type { Told } from './facts-host.ts'

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

const readable = (bytes: number): string => {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  return power === 0 ? '' : `${(bytes / 1024 ** power).toFixed(1)} ${units[power]}`
}

/** `totalBytes: 25276502016` says little to a person. */
const withUnit = (line: string, paint: Paint): string => {
  const [, bytes] = /Bytes: (\d+)$/.exec(line) ?? []
  const said = bytes === undefined ? '' : readable(Number(bytes))
  return said ? `${line}  ${paint('gray', `# ${said}`)}` : line
}

/** The mounts that hold files of somebody: a device, a network file system; the kernel's own are many. */
const ofDevices = (fact: unknown): unknown => {
  const { mounts = [] } = fact as { readonly mounts?: readonly { readonly source: string }[] }
  const shown = mounts.filter(({ source }) => /[/:]/.test(source))
  const left = mounts.length - shown.length
  return { mounts: shown, ...(left > 0 && { 'others, without a device': left }) }
}

/** YAML with a line for each entry of a list. */
const yaml = (value: unknown): string => {
  const document = new Document(value)
  visit(document, {
    Seq: (_, list) => {
      for (const item of list.items) if (isMap(item)) item.flow = true
      if (!list.items.some(isCollection)) list.flow = true
    },
  })
  return document.toString({ lineWidth: 0 }).trimEnd()
}

/** A host's facts as YAML below its name. */
export const toldLines = ({ host, facts, errors, unreachable }: Told, paint: Paint): readonly string[] => {
  const text = (value: string) => forTerminal(value).split('\n')
  const name = paint('bold', oneLine(host))
  if (unreachable) {
    const why = [unreachable.message, ...(unreachable.hint === undefined ? [] : [unreachable.hint])].flatMap(text)
    return [`${name}: ${paint('red', 'unreachable')}`, ...why.map(line => `    ${line}`)]
  }
  const shown = 'mounts' in facts ? { ...facts, mounts: ofDevices(facts.mounts) } : facts
  const lines = Object.keys(shown).length ? text(yaml(shown)) : []
  return [
    `${name}:`,
    ...lines.map(line => `  ${withUnit(line, paint)}`),
    ...Object.values(errors).flatMap(error => text(error).map(line => `  ${paint('red', line)}`)),
  ]
}
