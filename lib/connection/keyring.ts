import { readFile } from 'node:fs/promises'
import ssh2, { type ParsedKey } from 'ssh2'
import { readPublicKey } from './public-key.ts'

export type Prompt = (question: string, options: { hidden: boolean }) => Promise<string>

export type LoadedKey =
  | { readonly path: string; readonly key: ParsedKey }
  | { readonly path: string; readonly missing: true }
  | { readonly path: string; readonly encrypted: true }
  | { readonly path: string; readonly problem: string }

const attempts = 3

const parse = (bytes: Buffer, passphrase?: string): ParsedKey | Error => {
  const parsed: unknown = ssh2.utils.parseKey(bytes, passphrase)
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  return key as ParsedKey | Error
}

/** Private keys from files, read once and asked for once, however many hosts use them. */
export class Keyring {
  readonly #opened = new Map<string, Promise<LoadedKey>>()

  /** The key, when it needs no passphrase. */
  async load(path: string): Promise<LoadedKey> {
    let bytes: Buffer
    try {
      bytes = await readFile(path)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      return code === 'ENOENT' ? { path, missing: true } : { path, problem: message }
    }
    const key = parse(bytes)
    if (!(key instanceof Error))
      return key.isPrivateKey() ? { path, key } : { path, problem: 'it is a public key; the private one is needed' }
    return /no passphrase given/i.test(key.message) ? { path, encrypted: true } : { path, problem: key.message }
  }

  /** The key, with its passphrase. Everybody who asks meanwhile, or later, gets the same answer. */
  unlock(path: string, prompt: Prompt): Promise<LoadedKey> {
    const open = this.#opened.get(path) ?? this.#ask(path, prompt)
    this.#opened.set(path, open)
    return open
  }

  async #ask(path: string, prompt: Prompt): Promise<LoadedKey> {
    const bytes = await readFile(path)
    for (let i = 0; i < attempts; i++) {
      const key = parse(bytes, await prompt(`Passphrase for ${path}: `, { hidden: true }))
      if (!(key instanceof Error)) return { path, key }
    }
    return { path, problem: `no passphrase of ${attempts} fitted` }
  }
}

/** The public half beside a private key, `PATH.pub`: how an agent's key is recognised without the passphrase. */
export const publicHalf = async (path: string): Promise<Buffer | undefined> => {
  const text = await readFile(`${path}.pub`, 'utf8').catch(() => '')
  return readPublicKey(text.trim())?.blob
}
