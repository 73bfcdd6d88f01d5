import { isSensitive } from '../secret/sensitive.ts'
import { maskSecrets } from '../secret.ts'

/** The name by which a value of `-e` is known to be secret, also within a mapping; undefined: it is not. */
export const secretVar = (given: string): string | undefined => {
  if (given.startsWith('@')) return undefined
  const [name = '', ...rest] = given.split('=')
  const inside = [...rest.join('=').matchAll(/([A-Za-z_][\w-]*)["']?\s*:/g)].map(([, key = '']) => key)
  return [name, ...inside].find(isSensitive) ?? (maskSecrets(given) === given ? undefined : name)
}
