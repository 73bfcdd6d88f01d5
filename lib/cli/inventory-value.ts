import * as YAML from 'yaml'
import type { Setting, Traced } from '../inventory/traced.ts'
import { clipTo, oneLine } from '../report/terminal-text.ts'
import { isSensitive } from '../secret/sensitive.ts'
import { maskSecrets, Secret } from '../secret.ts'

const HIDDEN = '[secret]'

/** `passwords` too. */
const isHidden = (name: string): boolean => isSensitive(name) || isSensitive(name.replace(/s$/i, ''))

/** Texts that hold a password beside other things: `--password=x`, `https://user:x@host`. */
const safeText = (text: string): string => {
  for (const [, name = ''] of text.matchAll(/([A-Za-z_][A-Za-z0-9_-]*)["']?\s*[=:]\s*\S/g))
    if (isHidden(name)) return HIDDEN
  return maskSecrets(text.replace(/(\w:\/\/[^\s/:@]*):[^\s/@]+@/g, `$1:${HIDDEN}@`))
}

const walk = (value: Traced, hidden: boolean): unknown => {
  if (value.kind === 'list') return value.items.map(item => walk(item, hidden))
  if (value.kind === 'map')
    return Object.fromEntries(
      [...value.entries.values()].map(one => [maskSecrets(one.name), walk(one.value, hidden || isHidden(one.name))]),
    )
  if (value.value === null) return null
  if (hidden || value.value instanceof Secret || value.text === HIDDEN) return HIDDEN
  return typeof value.value === 'string' ? safeText(value.value) : value.value
}

/** The value of a var as it may be shown: nothing that was encrypted, or whose name says that it is a secret, is in it. */
export const shownValue = ({ name, value }: Setting): unknown => walk(value, isHidden(name))

/** On one line, cut where it is long. */
export const inlineValue = (value: unknown, most = 80): string =>
  clipTo(oneLine(typeof value === 'string' ? value : JSON.stringify(value)), most)

/** As YAML; what a terminal would obey is written out. */
export const yamlLines = (name: string, value: unknown): readonly string[] =>
  YAML.stringify({ [name]: value }, { lineWidth: 0, aliasDuplicateObjects: false })
    .trimEnd()
    .split('\n')
    .map(oneLine)
