import { homedir } from 'node:os'
import { Secret } from '../../secret.ts'
import type { AgeIdentity } from './age-identities.ts'
import { isAge } from './is-age.ts'
import { Locked } from './locked.ts'
import type { Ask, Places } from './places.ts'
import { openVault, type VaultPassword } from './vault.ts'
import { askedFor, vaultPasswords } from './vault-passwords.ts'

/** For messages: which keys there are. */
const mine = (identities: readonly AgeIdentity[]): string =>
  identities.map(({ recipient, from }) => `${recipient} (${from})`).join(', ')

/** One after the other, and each question once. */
const asker = (ask: Ask): Ask => {
  const answers = new Map<string, Promise<Secret>>()
  let before: Promise<unknown> = Promise.resolve()
  return what => {
    const answer = answers.get(what) ?? before.then(() => ask(what))
    answers.set(what, answer)
    before = answer.catch(() => {})
    return answer
  }
}

/**
 * The keys and passwords of one run: looked for when the first encrypted thing is met, each of them once. What is opened
 * stays in memory. All methods throw Locked, with what is missing and a way out.
 */
export class Keys {
  readonly #places: Places
  #identities: Promise<readonly AgeIdentity[]> | undefined
  #passwords: Promise<readonly VaultPassword[]> | undefined

  /** Left out: this process's environment and working directory, and nobody to ask. */
  constructor({ env = process.env, home = homedir(), cwd = process.cwd(), ask }: Partial<Places> = {}) {
    this.#places = { env, home, cwd, ask: ask && asker(ask) }
  }

  ageIdentities(): Promise<readonly AgeIdentity[]> {
    this.#identities ??= import('./age-identities.ts').then(({ ageIdentities }) => ageIdentities(this.#places))
    return this.#identities
  }

  /** The text of an age file. `what` is its name in questions and messages. */
  async openAge(bytes: Uint8Array, what: string): Promise<Buffer> {
    if (!isAge(bytes)) throw new Locked('this is no age file', 'Encrypt it: age -r age1... -o FILE.yml.age FILE.yml')
    const { needsPassphrase, openWithKeys, openWithPassphrase, recipientKinds } = await import('./age.ts')
    const { WAYS } = await import('./age-identities.ts')
    if (needsPassphrase(bytes)) return openWithPassphrase(bytes, what, this.#places.ask)
    const identities = await this.ageIdentities()
    if (identities.length === 0)
      throw new Locked('this is encrypted with age, and there is no key to open it with', WAYS)
    const opened = await openWithKeys(bytes, identities)
    if (opened) return opened
    throw new Locked(
      `none of the keys opens it: ${mine(identities)}; it is for recipients of the kind ${recipientKinds(bytes)}`,
      `${WAYS} Or let somebody who can open it encrypt it for you too.`,
    )
  }

  /** What ansible-vault encrypted. */
  async openVault(text: string): Promise<Buffer> {
    this.#passwords ??= vaultPasswords(this.#places)
    return openVault(text, await this.#passwords, askedFor(this.#places))
  }

  variable(name: string): Secret {
    const value = this.#places.env[name]
    if (value) return new Secret(value)
    throw new Locked(
      `the environment variable ${name} is ${value === undefined ? 'not set' : 'empty'}`,
      `Set it where Baton is started, without writing its value on a command line: read -rs ${name} && export ${name}`,
    )
  }

  async prompt(words: string): Promise<Secret> {
    if (this.#places.ask) return this.#places.ask(words)
    throw new Locked(
      `this is asked for (${words}), and there is no terminal to ask on`,
      'Where nobody can answer, use !env NAME or an encrypted file.',
    )
  }
}
