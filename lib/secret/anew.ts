import { Secret } from '../secret.ts'

const names = new Map<string, string>()

/**
 * A secret that is made anew by each process (a password that the first run makes up, a salt). `name` stands for it where two
 * runs are compared: equal names, equal for that purpose. A name may hold secrets itself; it is never shown.
 */
export const anew = (value: string, name: string): Secret => {
  names.set(value, name)
  return new Secret(value)
}

/** The text with such secrets replaced by their names, so that two processes come to the same. */
export const withoutAnew = (text: string): string =>
  // The later may be made from the earlier.
  [...names].reverse().reduce((left, [value, name]) => left.replaceAll(value, () => `<${name}>`), text)
