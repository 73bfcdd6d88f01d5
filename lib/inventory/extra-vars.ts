import * as YAML from 'yaml'
import { type Problem, UsageError } from '../errors.ts'
import { isSensitive } from '../secret/sensitive.ts'
import type { Keys } from '../secret/sources/keys.ts'
import { hide } from '../secret.ts'
import { readYaml } from './files.ts'
import type { Setting, Traced } from './traced.ts'
import { parseYaml } from './yaml.ts'

/** What `at.file` of a value from the command line starts with: there is no file to show. */
export const COMMAND_LINE = '-e '

/** `[..]` and `{..}` are read as YAML, the rest as one scalar: what is no number, boolean, null or quoted text is text. */
const parseValue = (name: string, text: string, problems: Problem[]): Traced => {
  const file = `${COMMAND_LINE}${name}`
  const at = { file, line: 1, column: 1 }
  if (/^[[{]/.test(text)) {
    const found: Problem[] = []
    const value = parseYaml(file, text, found)
    problems.push(
      ...found.map(({ message }) => ({
        message: `${file}: ${message}`,
        hint: 'Put text that starts with [ or { in quotes.',
      })),
    )
    return value ?? { kind: 'scalar', at, value: null, text }
  }
  const document = YAML.parseDocument(text, { prettyErrors: false })
  const { contents } = document
  const whole =
    !document.errors.length &&
    YAML.isScalar(contents) &&
    !contents.comment &&
    !contents.tag &&
    !document.comment &&
    !contents.anchor
  const value = whole ? contents.value : text
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
  return { kind: 'scalar', at, value: text === '' ? '' : scalar, text }
}

/**
 * Reads what `-e` gives: `KEY=VALUE` or `@FILE`, the later over the earlier. `keys` open what is encrypted in files; left out:
 * those of this process's environment, and nobody is asked. Throws UsageError.
 */
export const loadExtraVars = async (
  given: readonly string[],
  cwd: string,
  keys?: Keys,
): Promise<ReadonlyMap<string, Setting>> => {
  const vars = new Map<string, Setting>()
  const problems: Problem[] = []
  for (const text of given) {
    const equals = text.indexOf('=')
    const name = text.slice(0, equals)
    if (text.startsWith('@')) {
      const root = await readYaml(cwd, text.slice(1), problems, keys)
      if (root?.kind === 'map') for (const [key, setting] of root.entries) vars.set(key, setting)
      else if (root) problems.push({ message: 'a file of vars must be a mapping', at: root.at })
    } else if (equals > 0 && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      const value = parseValue(name, text.slice(equals + 1), problems)
      // Its name says what it is, whatever the schema makes of it: a journal and a report outlive the command line.
      if (isSensitive(name) && value.kind === 'scalar' && typeof value.value === 'string') hide(value.value)
      vars.set(name, { name, at: { file: `${COMMAND_LINE}${name}`, line: 1, column: 1 }, value })
    } else
      problems.push({
        message: `-e needs KEY=VALUE or @FILE`,
        hint: 'A key is letters, digits and _. Put the whole in quotes if the value has spaces.',
      })
  }
  if (problems.length) throw new UsageError(problems)
  return vars
}
