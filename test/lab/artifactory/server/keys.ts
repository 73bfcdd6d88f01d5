import { randomBytes } from 'node:crypto'
import { readFile, unlink } from 'node:fs/promises'
import { account } from '../layout.ts'
import { writeAtomically } from './atomic-write.ts'
import { isEncrypted, MasterKey } from './cipher.ts'
import type { Home } from './home.ts'
import type { Log } from './log.ts'
import { Refusal } from './refusal.ts'
import { type Settings, secretKeys } from './settings.ts'

export interface Keys {
  readonly master: MasterKey
  /** Undefined with the embedded database. */
  readonly databasePassword: string | undefined
}

/**
 * The key work of a start: take the master key that was placed, or make one; read the encrypted values of system.yaml with
 * it; encrypt those that are in clear and write the file back. Refuses when a value was encrypted with another key.
 *
 * https://jfrog.com/help/r/jfrog-installation-setup-documentation/manage-keys
 */
export async function settleKeys(home: Home, settings: Settings, log: Log): Promise<Keys> {
  const secrets = secretKeys.map(key => ({ key, value: settings.document.getIn(key) }))
  const anyEncrypted = secrets.some(({ value }) => typeof value === 'string' && isEncrypted(value))
  const master = await masterKey(home, anyEncrypted, log)

  let databasePassword = settings.database?.password
  let changed = settings.fresh
  let joinKey: string | undefined
  for (const { key, value } of secrets) {
    if (value === undefined || value === null || value === '') continue
    const text = String(value)
    const clear = isEncrypted(text) ? decrypt(master, key.join('.'), text, home) : text
    if (key[1] === 'database') databasePassword = clear
    else joinKey = clear
    if (isEncrypted(text)) continue
    settings.document.setIn(key, master.encrypt(clear))
    changed = true
  }

  const joined = await ensureJoinKey(home, joinKey, log)
  if (joinKey === undefined) {
    settings.document.setIn(['shared', 'security', 'joinKey'], master.encrypt(joined))
    changed = true
  }
  if (!settings.document.hasIn(['shared', 'user'])) {
    settings.document.setIn(['shared', 'user'], account.user)
    changed = true
  }
  if (changed) {
    await writeAtomically(home.systemYaml, settings.document.toString({ lineWidth: 0 }), 0o640)
    log.info(`${home.systemYaml} rewritten: password and joinKey are encrypted with master key ${master.id}`)
  }
  return { master, databasePassword: settings.database === undefined ? undefined : databasePassword }
}

async function masterKey(home: Home, needed: boolean, log: Log): Promise<MasterKey> {
  const text = await textOf(home.masterKey)
  if (text !== undefined) {
    try {
      return new MasterKey(text)
    } catch (error) {
      throw new Refusal(`${home.masterKey}: ${reason(error)}`)
    }
  }
  if (needed) {
    throw new Refusal(`${home.masterKey} is missing, but ${home.systemYaml} holds values that were encrypted with one`)
  }
  const made = MasterKey.generate()
  await writeAtomically(home.masterKey, `${made}\n`, 0o640)
  const key = new MasterKey(made)
  log.warn(`no master key was placed: made a new one, ${key.id}, in ${home.masterKey}`)
  return key
}

async function ensureJoinKey(home: Home, configured: string | undefined, log: Log): Promise<string> {
  const held = (await textOf(home.joinKey))?.trim()
  if (held !== undefined && held !== '') {
    if (configured !== undefined && configured !== held) {
      log.warn(`${home.joinKey} differs from shared.security.joinKey; system.yaml decides`)
    }
    return configured ?? held
  }
  const key = configured ?? randomBytes(16).toString('hex')
  await writeAtomically(home.joinKey, `${key}\n`, 0o640)
  if (configured === undefined) log.info(`no join key was placed: made one in ${home.joinKey}`)
  return key
}

function decrypt(master: MasterKey, key: string, value: string, home: Home): string {
  try {
    return master.decrypt(value)
  } catch (error) {
    throw new Refusal(`${key} in ${home.systemYaml} cannot be decrypted with ${home.masterKey}: ${reason(error)}`)
  }
}

/** masterKeyExternal: the key stays in memory only, and must be placed again before every start. */
export async function forgetMasterKey(home: Home, log: Log): Promise<void> {
  await unlink(home.masterKey)
  log.info(`masterKeyExternal: removed ${home.masterKey}`)
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
