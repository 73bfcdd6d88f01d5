import { type Problem, UsageError } from '../errors.ts'
import type { Keys } from '../secret/sources/keys.ts'
import { Locked } from '../secret/sources/locked.ts'
import { isVault } from '../secret/sources/vault.ts'
import { Secret } from '../secret.ts'
import type { Traced } from './traced.ts'

type Look = (text: string, keys: Keys) => Promise<Secret>

/** Tags of YAML that say where a value comes from. What comes back is always a Secret. */
const sources: Readonly<Record<string, Look>> = {
  '!env': async (name, keys) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Locked('!env needs the name of an environment variable')
    return keys.variable(name)
  },
  '!prompt': async (words, keys) => {
    if (!words.trim()) throw new Locked('!prompt needs words to ask with', 'Write !prompt "Password of the database".')
    return keys.prompt(words.trim())
  },
  '!secret': async text => new Secret(text),
  '!vault': async (text, keys) => {
    if (!isVault(text)) throw new Locked('!vault needs what ansible-vault encrypt_string prints')
    return new Secret((await keys.openVault(text)).toString())
  },
}

export const secretTags: readonly string[] = Object.keys(sources)

/** A place where something could not be opened; any other error is not this value's. */
export const lockedProblem = (error: unknown, at?: Problem['at']): Problem => {
  const place = at && { at }
  if (error instanceof Locked)
    return { message: error.message, ...place, ...(error.hint !== undefined && { hint: error.hint }) }
  if (error instanceof UsageError && error.problems[0]) return { ...error.problems[0], ...place }
  throw error
}

/**
 * The same with what its tags stand for, looked up one after the other: a person may be asked. What could not be had is
 * nothing, and a problem at its place.
 */
export const withSources = async (value: Traced, keys: Keys, problems: Problem[]): Promise<Traced> => {
  const done = new Map<Traced, Traced>()
  const scalar = async (part: Extract<Traced, { kind: 'scalar' }>): Promise<Traced> => {
    const { tag, ...rest } = part
    const look = tag === undefined ? undefined : sources[tag]
    if (!look) return part
    try {
      return { ...rest, value: await look(String(part.value), keys), text: '[secret]' }
    } catch (error) {
      problems.push(lockedProblem(error, part.at))
      return { ...rest, value: null, text: '' }
    }
  }
  const walk = async (part: Traced): Promise<Traced> => {
    const before = done.get(part)
    if (before) return before
    let made: Traced
    if (part.kind === 'list') {
      const items: Traced[] = []
      for (const item of part.items) items.push(await walk(item))
      made = { ...part, items }
    } else if (part.kind === 'map') {
      const entries = new Map(part.entries)
      for (const [name, setting] of part.entries) entries.set(name, { ...setting, value: await walk(setting.value) })
      made = { ...part, entries }
    } else made = await scalar(part)
    done.set(part, made)
    return made
  }
  return walk(value)
}
