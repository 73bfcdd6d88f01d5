import { armor, Decrypter } from 'age-encryption'
import type { AgeIdentity } from './age-identities.ts'
import { BINARY } from './is-age.ts'
import { Locked } from './locked.ts'
import type { Ask } from './places.ts'

const damaged = (): Locked =>
  new Locked('the age file was changed, or a part of it is missing', 'Take it from its backup, or encrypt it again.')

const binary = (bytes: Uint8Array): Uint8Array => {
  if (Buffer.from(bytes.subarray(0, BINARY.length)).toString('latin1') === BINARY) return bytes
  try {
    return armor.decode(Buffer.from(bytes).toString('latin1').trim())
  } catch {
    throw damaged()
  }
}

/** The kinds of the recipients that its header names, for example X25519, scrypt (a passphrase), ssh-ed25519. */
const kindsIn = (bytes: Uint8Array): readonly string[] => {
  const [header = ''] = Buffer.from(bytes).toString('latin1').split('\n---', 1)
  return [...new Set([...header.matchAll(/^-> (\S+)/gm)].map(([, kind = '']) => kind))]
}

/** The library says in words why it did not; whoever has no key is told apart from a file that was tampered with. */
const decrypt = async (bytes: Uint8Array, decrypter: Decrypter): Promise<Buffer | undefined> => {
  try {
    return Buffer.from(await decrypter.decrypt(bytes))
  } catch (error) {
    if (error instanceof Error && /no identity matched/.test(error.message)) return undefined
    throw damaged()
  }
}

/** Asks for the passphrase of `what`. Throws Locked: there is no terminal, the passphrase is wrong, the file was changed. */
export const openWithPassphrase = async (bytes: Uint8Array, what: string, ask: Ask | undefined): Promise<Buffer> => {
  if (!ask)
    throw new Locked(
      `${what} is encrypted with a passphrase, and there is no terminal to ask for it`,
      'Encrypt it for a key: age -r age1...',
    )
  const decrypter = new Decrypter()
  decrypter.addPassphrase((await ask(`passphrase of ${what}`)).reveal())
  const opened = await decrypt(binary(bytes), decrypter)
  if (!opened) throw new Locked(`the passphrase of ${what} is wrong`)
  return opened
}

/** What needs a passphrase is encrypted with nothing else: https://c2sp.org/age, "scrypt recipient stanza". */
export const needsPassphrase = (bytes: Uint8Array): boolean => kindsIn(binary(bytes)).includes('scrypt')

/** Undefined: it is for none of these keys. Throws Locked: it was changed. */
export const openWithKeys = async (
  bytes: Uint8Array,
  identities: readonly AgeIdentity[],
): Promise<Buffer | undefined> => {
  const decrypter = new Decrypter()
  for (const { key } of identities) decrypter.addIdentity(key.reveal())
  return decrypt(binary(bytes), decrypter)
}

/** For messages: whom the file is for, as far as it says so. */
export const recipientKinds = (bytes: Uint8Array): string => kindsIn(binary(bytes)).join(', ')
