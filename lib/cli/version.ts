import { readFileSync } from 'node:fs'

/** Baton's own version, from package.json. */
export const version = (): string => {
  const { version: found } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return found
}
