import { access, constants, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { Secret } from '../../secret.ts'
import { Locked } from './locked.ts'
import type { Places } from './places.ts'
import { printedBy } from './printed-by.ts'
import type { VaultPassword } from './vault.ts'

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

const nonEmpty = (text: string, from: string): Secret => {
  if (!text) throw new Locked(`${from} is empty; expected the password of ansible-vault`)
  return new Secret(text)
}

/**
 * A file's content, or what it prints where it is executable; `NAME-client` and `NAME-client.EXT` are told the vault id.
 * https://docs.ansible.com/ansible/latest/vault_guide/vault_managing_passwords.html
 */
const readPassword = async (path: string, id: string | undefined, from: string, places: Places): Promise<Secret> => {
  const { home, cwd } = places
  const file = path.startsWith('~/') ? join(home, path.slice(2)) : resolve(cwd, path)
  const runs = await access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
  if (runs) {
    const asks = id !== undefined && /-client(\.[^.]*)?$/.test(basename(file))
    const printed = await printedBy(from, [file, ...(asks ? ['--vault-id', id] : [])], places)
    return nonEmpty(printed.toString().replace(/[\r\n]+$/, ''), from)
  }
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Locked(`${from}: ${path} cannot be read: ${error.code ?? error.message}`)
  })
  return nonEmpty(text.trim(), from)
}

/** The password of a vault id is asked for when nothing else gives one. */
export const askedFor =
  ({ ask }: Places) =>
  (id: string | undefined): VaultPassword => ({
    from: 'what was typed',
    secret: async () => {
      if (ask) return ask(id === undefined ? 'password of ansible-vault' : `password of ansible-vault, vault id ${id}`)
      throw new Locked(
        `this is encrypted with ansible-vault${id === undefined ? '' : `, vault id ${id}`}, and there is no password`,
        'Set ANSIBLE_VAULT_PASSWORD_FILE to a file that holds or prints it, or BATON_VAULT_PASSWORD.',
      )
    },
  })

/**
 * BATON_VAULT_PASSWORD (the password), ANSIBLE_VAULT_PASSWORD_FILE, and ANSIBLE_VAULT_IDENTITY_LIST: `ID@FILE` with commas
 * between them, where the file `prompt` asks. Nothing is read here.
 */
export const vaultPasswords = async (places: Places): Promise<readonly VaultPassword[]> => {
  const {
    BATON_VAULT_PASSWORD: text,
    ANSIBLE_VAULT_PASSWORD_FILE: path,
    ANSIBLE_VAULT_IDENTITY_LIST: list,
  } = places.env
  const identities = (list ?? '').split(',').flatMap(entry => (entry.trim() ? [entry.trim()] : []))
  return [
    ...(text ? [{ from: 'BATON_VAULT_PASSWORD', secret: async () => new Secret(text) }] : []),
    ...(path ? [fileOf(path, undefined, 'ANSIBLE_VAULT_PASSWORD_FILE', places)] : []),
    ...identities.map(entry => {
      const at = entry.indexOf('@')
      const id = at > 0 ? entry.slice(0, at) : undefined
      return fileOf(entry.slice(at + 1), id, `ANSIBLE_VAULT_IDENTITY_LIST (${entry})`, places)
    }),
  ]
}

const fileOf = (path: string, id: string | undefined, from: string, places: Places): VaultPassword => ({
  ...(id !== undefined && { id }),
  from,
  secret: once(async () =>
    path === 'prompt' || path === 'prompt_ask_vault_pass'
      ? askedFor(places)(id).secret()
      : readPassword(path, id, from, places),
  ),
})
