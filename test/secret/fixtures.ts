import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Problem, showLocation } from '../../lib/errors.ts'
import { readYaml } from '../../lib/inventory/files.ts'
import { plain, type Traced } from '../../lib/inventory/traced.ts'
import { Keys } from '../../lib/secret/sources/keys.ts'
import type { Ask } from '../../lib/secret/sources/places.ts'
import { Secret } from '../../lib/secret.ts'

export const folder = join(import.meta.dirname, '../fixtures/secrets')
export const fixture = (name: string): Promise<Buffer> => readFile(join(folder, name))

/** Only what a test gives: nothing of the environment and the home of whoever runs it. */
export const keysOf = (env: Readonly<Record<string, string>> = {}, ask?: Ask, cwd = folder): Keys =>
  new Keys({ env, home: '/nonexistent', cwd, ask })

export const answering =
  (...answers: readonly string[]): Ask =>
  async what => {
    const [, answer] = answers.map(one => one.split('=', 2)).find(([words]) => words === what) ?? []
    if (answer === undefined) throw new Error(`nobody expected to be asked for ${what}`)
    return new Secret(answer)
  }

/** `key.txt` opens the files of age and SOPS, `vault-password` those of ansible-vault. */
export const age = { BATON_AGE_KEY_FILE: 'key.txt' }
export const vault = { ANSIBLE_VAULT_PASSWORD_FILE: 'vault-password' }

export interface Read {
  /** Undefined: nothing could be read. */
  readonly value: unknown
  /** Paths of what is a Secret. */
  readonly secret: readonly string[]
  /** `FILE:LINE:COLUMN: MESSAGE | HINT` */
  readonly said: readonly string[]
}

const secretPaths = (part: Traced, path: string): readonly string[] => {
  if (part.kind === 'list') return part.items.flatMap((item, i) => secretPaths(item, `${path}[${i}]`))
  if (part.kind === 'map')
    return [...part.entries.values()].flatMap(({ name, value }) => secretPaths(value, path ? `${path}.${name}` : name))
  return part.value instanceof Secret ? [path] : []
}

/** Reads a file as the inventory does. */
export const read = async (file: string, keys: Keys, cwd = folder): Promise<Read> => {
  const problems: Problem[] = []
  const root = await readYaml(cwd, file, problems, keys)
  return {
    value: root && plain(root),
    secret: root ? secretPaths(root, '') : [],
    said: problems.map(
      ({ at, message, hint }) =>
        `${at ? `${showLocation(at)}: ` : ''}${message}${hint === undefined ? '' : ` | ${hint}`}`,
    ),
  }
}

/** What all files that are encrypted as a whole say. */
export const whole = {
  password: `ag3-fixture '"&% value`,
  port: 5432,
  many: ['first-of-many', 'second-of-many'],
  empty: '',
  on: true,
}
