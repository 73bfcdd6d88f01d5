import { Secret } from '../secret.ts'
import type { Traced } from './traced.ts'

/** Digits from which on a number is masked. A shorter one would be found everywhere by chance. */
const LONG_NUMBER = 6

/**
 * The same, as a part of something encrypted: each text is a Secret. Numbers and booleans stay what they are, because a
 * schema wants them so; a number of six digits and more is masked where it is shown.
 */
export const sealed = (value: Traced): Traced => {
  const done = new Map<Traced, Traced>()
  const seal = (part: Traced): Traced => {
    const before = done.get(part)
    if (before) return before
    const made = sealOne(part, seal)
    done.set(part, made)
    return made
  }
  return seal(value)
}

const sealOne = (part: Traced, seal: (part: Traced) => Traced): Traced => {
  if (part.kind === 'list') return { ...part, items: part.items.map(seal) }
  if (part.kind === 'map')
    return {
      ...part,
      entries: new Map([...part.entries].map(([name, setting]) => [name, { ...setting, value: seal(setting.value) }])),
    }
  const { value } = part
  if (typeof value === 'number' && part.text.length >= LONG_NUMBER) new Secret(part.text)
  return {
    ...part,
    text: value === null ? '' : '[secret]',
    value: typeof value === 'string' ? new Secret(value) : value,
  }
}
