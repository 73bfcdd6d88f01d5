import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type AnyAuthMethod, type IdentityCallback, type ParsedKey } from 'ssh2'
import { type Keyring, type LoadedKey, type Prompt, publicHalf } from './keyring.ts'
import { fingerprint, publicKeyOf } from './public-key.ts'

export interface Identity {
  readonly user: string
  /** Named by the inventory or by ssh_config. Empty: the usual ones of ~/.ssh. */
  readonly files: readonly string[]
  /** An agent's socket. Undefined: no agent. */
  readonly agent: string | undefined
  readonly identitiesOnly: boolean
}

const usualFiles = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map(name => join(homedir(), '.ssh', name))

/** The agent's keys, those of named files first. ssh servers allow six tries, so the order matters. */
class OrderedAgent extends ssh2.OpenSSHAgent {
  readonly #first: readonly Buffer[]
  readonly #only: boolean
  readonly #tried: (what: string) => void
  constructor(socket: string, first: readonly Buffer[], only: boolean, tried: (what: string) => void) {
    super(socket)
    this.#first = first
    this.#only = only
    this.#tried = tried
  }
  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    super.getIdentities((error, keys) => {
      if (error) this.#tried(`agent: ${error.message}`)
      const rank = (key: ParsedKey): number => {
        const at = this.#first.findIndex(blob => blob.equals(key.getPublicSSH()))
        return at < 0 ? this.#first.length : at
      }
      const chosen = (keys ?? [])
        .filter(key => 'getPublicSSH' in key)
        .filter(key => !this.#only || rank(key) < this.#first.length)
        .sort((a, b) => rank(a) - rank(b))
      for (const key of chosen)
        this.#tried(`agent: ${fingerprint(publicKeyOf(key.getPublicSSH()))} ${key.comment ?? ''}`)
      callback(error ?? null, chosen)
    })
  }
}

const complaint = (loaded: LoadedKey, named: boolean): string | undefined => {
  if ('problem' in loaded) return `${loaded.path}: ${loaded.problem}`
  if ('missing' in loaded) return named ? `${loaded.path}: no such file` : undefined
  return undefined
}

/**
 * Ways to log in, one at a time: keys in files, the agent, and last the keys whose passphrase has to be asked for. `tried`
 * is told each of them, for the message when none was taken. `asking` brackets the time that a person takes.
 */
export async function* authMethods(
  { user, files, agent, identitiesOnly }: Identity,
  keyring: Keyring,
  tried: (what: string) => void,
  prompt?: Prompt,
): AsyncGenerator<AnyAuthMethod> {
  const named = files.length > 0
  const loaded = await Promise.all((named ? files : usualFiles).map(path => keyring.load(path)))
  for (const problem of loaded.map(key => complaint(key, named))) if (problem) tried(problem)
  const plain = loaded.flatMap(one => ('key' in one ? one : []))
  const fromFiles = function* (): Generator<AnyAuthMethod> {
    for (const { path, key } of plain) {
      tried(`${path}: ${fingerprint(publicKeyOf(key.getPublicSSH()))}`)
      yield { type: 'publickey', username: user, key }
    }
  }
  if (named) yield* fromFiles()
  if (agent !== undefined) {
    const halves = await Promise.all(files.map(publicHalf))
    const first = halves.flatMap(blob => blob ?? [])
    if (!existsSync(agent)) tried(`agent: no socket at ${agent}`)
    else yield { type: 'agent', username: user, agent: new OrderedAgent(agent, first, identitiesOnly, tried) }
  }
  if (!named) yield* fromFiles()
  for (const one of loaded) {
    if (!('encrypted' in one)) continue
    if (!prompt) {
      tried(`${one.path}: has a passphrase, and nobody can be asked`)
      continue
    }
    const open = await keyring.unlock(one.path, prompt)
    if ('key' in open) {
      tried(`${open.path}: ${fingerprint(publicKeyOf(open.key.getPublicSSH()))}`)
      yield { type: 'publickey', username: user, key: open.key }
    } else tried(complaint(open, true) ?? open.path)
  }
}
