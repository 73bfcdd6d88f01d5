import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabHost } from '../lab/lab.ts'
import { filesOf } from './expected.ts'

/** What a file may be: each a whole text, `undefined` for one that is not there. */
type Allowed = ReadonlyMap<string, readonly (string | undefined)[]>

/** Where a host's path lies on this machine, as far as the host has written it. */
export const outside = (host: LabHost, path: string): string => join(host.upper, path)

export const contentOf = (host: LabHost, path: string): string | undefined => {
  try {
    return readFileSync(outside(host, path), 'utf8')
  } catch {
    return undefined
  }
}

const between = 10

/** Looks at all files of a trial again and again, from outside: each must be the old one or the new one, whole. */
export class Watcher {
  readonly broken = new Set<string>()
  looks = 0
  #timer: NodeJS.Timeout | undefined

  constructor(hosts: readonly LabHost[], root: string, tokens: readonly string[], before: string) {
    const allowed: Allowed = new Map(
      Object.entries(filesOf(root, before)).map(([path, old]) => [
        path,
        [undefined, old, ...tokens.map(token => filesOf(root, token)[path])],
      ]),
    )
    const look = (): void => {
      for (const host of hosts)
        for (const [path, texts] of allowed) {
          const now = contentOf(host, path)
          if (!texts.includes(now))
            this.broken.add(`${host.name}: ${path} was neither old nor new: ${now?.length} bytes`)
        }
      this.looks++
      this.#timer = setTimeout(look, between)
    }
    look()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
