import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readJson, writeJson, writeWhole } from './json.ts'
import { run } from './machine/run.ts'
import type { LabNames } from './names.ts'

/** Made at random for each lab; nothing but lab hosts knows them. */
export interface Passwords {
  /** For sudo, of user `operator`. */
  readonly operator: string
  /** Of the database role `artifactory`. */
  readonly database: string
}

/** What opens a lab's hosts. */
export interface Access {
  readonly privateKey: string
  readonly publicKey: string
  readonly passwords: Passwords
}

/**
 * The lab's key and passwords. They are kept with the hosts, which know them, and copied into the checkout by `up`, so
 * that cleaning the checkout does not lock anybody out.
 */
export async function ensureAccess(lab: LabNames): Promise<Access> {
  const directory = join(lab.state, 'access')
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const key = join(directory, 'id_ed25519')
  const passwords = (await readJson<Passwords>(join(directory, 'passwords.json'))) ?? randomPasswords()
  await writeJson(join(directory, 'passwords.json'), passwords)
  if (!existsSync(key)) {
    await run(['rm', '-f', `${key}.new`, `${key}.new.pub`])
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', `baton-lab-${lab.id}`, '-f', `${key}.new`])
    await run(['mv', `${key}.new.pub`, `${key}.pub`])
    await run(['mv', `${key}.new`, key])
  }
  return { privateKey: await readFile(key, 'utf8'), publicKey: await readFile(`${key}.pub`, 'utf8'), passwords }
}

/** Puts them where a user of the checkout finds them: `.lab/`. */
export async function copyAccess(lab: LabNames, access: Access): Promise<void> {
  const directory = join(lab.checkout, '.lab')
  const into = (name: string): string => join(directory, name)
  await mkdir(directory, { recursive: true })
  await chmod(directory, 0o700)
  await writeWhole(into('id_ed25519'), access.privateKey)
  await writeWhole(into('id_ed25519.pub'), access.publicKey, 0o644)
  await writeJson(into('passwords.json'), access.passwords)
}

const randomPasswords = (): Passwords => ({ operator: word(), database: word() })

const word = (): string => randomBytes(12).toString('hex')
