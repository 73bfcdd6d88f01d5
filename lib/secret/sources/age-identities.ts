import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { identityToRecipient } from 'age-encryption'
import { Secret } from '../../secret.ts'
import { openWithPassphrase } from './age.ts'
import { isAge } from './is-age.ts'
import { Locked } from './locked.ts'
import type { Places } from './places.ts'
import { printedBy } from './printed-by.ts'
import { words } from './words.ts'

/** A private key of age. */
export interface AgeIdentity {
  readonly key: Secret
  /** Its public key. */
  readonly recipient: string
  /** Where it was found, for messages. */
  readonly from: string
}

/** For hints: every way to give a key. */
export const WAYS = 'Set BATON_AGE_KEY_FILE to a file of age-keygen, or BATON_AGE_KEY_COMMAND to what prints the key.'

const identityOf = async (line: string, from: string): Promise<AgeIdentity> => {
  const key = new Secret(line)
  if (/^AGE-PLUGIN-/.test(line))
    throw new Locked(
      `${from} has a key of an age plugin, and plugins are not supported`,
      'Add a recipient of age-keygen.',
    )
  const recipient = /^AGE-SECRET-KEY-/.test(line) ? await identityToRecipient(line).catch(() => undefined) : undefined
  if (recipient === undefined)
    throw new Locked(
      `${from} has a line that is no key of age`,
      'Expected AGE-SECRET-KEY-1..., as age-keygen writes it.',
    )
  return { key, recipient, from }
}

const parse = (text: string, from: string): Promise<readonly AgeIdentity[]> => {
  const found = text
    .split(/\r?\n/)
    .filter(line => !line.trim().startsWith('#'))
    .flatMap(line => line.split(/\s+/).filter(Boolean))
  return Promise.all(found.map(line => identityOf(line, from)))
}

const parseFile = async (bytes: Buffer, from: string, places: Places): Promise<readonly AgeIdentity[]> =>
  parse((isAge(bytes) ? await openWithPassphrase(bytes, from, places.ask) : bytes).toString(), from)

const inHome = (path: string, { home, cwd }: Places): string =>
  path.startsWith('~/') ? join(home, path.slice(2)) : resolve(cwd, path)

/**
 * All keys of age that this user has: from BATON_AGE_KEY and SOPS_AGE_KEY (the key itself), BATON_AGE_KEY_FILE and
 * SOPS_AGE_KEY_FILE, what BATON_AGE_KEY_COMMAND and SOPS_AGE_KEY_CMD print, and sops/age/keys.txt in the configuration
 * folder. The names of SOPS: https://getsops.io/docs/#encrypting-using-age. A file of keys may itself be encrypted with a
 * passphrase, which is asked for. Throws Locked: what is named is not there, or holds something else.
 */
export const ageIdentities = async (places: Places): Promise<readonly AgeIdentity[]> => {
  const { env, home } = places
  const found: AgeIdentity[] = []
  for (const name of ['BATON_AGE_KEY', 'SOPS_AGE_KEY']) if (env[name]) found.push(...(await parse(env[name], name)))
  for (const name of ['BATON_AGE_KEY_FILE', 'SOPS_AGE_KEY_FILE']) {
    if (!env[name]) continue
    const bytes = await readFile(inHome(env[name], places)).catch((error: NodeJS.ErrnoException) => {
      throw new Locked(`${name}: ${env[name]} cannot be read: ${error.code ?? error.message}`)
    })
    found.push(...(await parseFile(bytes, `${name} (${env[name]})`, places)))
  }
  for (const name of ['BATON_AGE_KEY_COMMAND', 'SOPS_AGE_KEY_CMD']) {
    if (!env[name]) continue
    found.push(...(await parse((await printedBy(name, words(env[name], name), places)).toString(), name)))
  }
  const usual = join(env.XDG_CONFIG_HOME || join(home, '.config'), 'sops/age/keys.txt')
  const bytes = await readFile(usual).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw new Locked(`${usual} cannot be read: ${error.code ?? error.message}`)
  })
  if (bytes) found.push(...(await parseFile(bytes, usual, places)))
  return found
}
