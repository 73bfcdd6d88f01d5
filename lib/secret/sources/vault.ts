import { createDecipheriv, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Secret } from '../../secret.ts'
import { Locked } from './locked.ts'

/** A password that ansible-vault may have used. */
export interface VaultPassword {
  /** The vault id; undefined: for all. */
  readonly id?: string
  /** Where it is from, for messages. */
  readonly from: string
  /** Read, or asked for, when it is needed. */
  readonly secret: () => Promise<Secret>
}

interface Vault {
  readonly id: string | undefined
  readonly salt: Buffer
  readonly hmac: Buffer
  readonly ciphertext: Buffer
}

export const isVault = (text: string): boolean => text.trimStart().startsWith('$ANSIBLE_VAULT')

const broken = (what: string): Locked =>
  new Locked(`this is not what ansible-vault writes: ${what}`, 'Take it from its backup, or encrypt it again.')

const fromHex = (text: string, what: string): Buffer => {
  if (!/^([0-9a-f]{2})+$/i.test(text)) throw broken(`${what} is not hexadecimal`)
  return Buffer.from(text, 'hex')
}

/**
 * `$ANSIBLE_VAULT;1.2;AES256;ID`, then hexadecimal digits in lines of 80; they say three rows of hexadecimal digits.
 * https://docs.ansible.com/ansible/latest/vault_guide/vault_using_encrypted_content.html#ansible-vault-payload-format-1-1-1-2
 */
const parse = (text: string): Vault => {
  const [header = '', ...lines] = text.trim().split(/\s*\n\s*/)
  const [, version = '', cipher = '', id] = header.trim().split(';')
  if (version !== '1.1' && version !== '1.2')
    throw new Locked(`version ${version || '?'} of ansible-vault cannot be read; expected 1.1 or 1.2`)
  if (cipher !== 'AES256')
    throw new Locked(`the cipher ${cipher || '?'} of ansible-vault cannot be read; expected AES256`)
  const rows = fromHex(lines.join(''), 'its body').toString('latin1').split('\n')
  if (rows.length !== 3) throw broken('its body has no three parts')
  const [salt, hmac, ciphertext] = rows.map((row, i) => fromHex(row.trim(), ['salt', 'HMAC', 'text'][i] ?? ''))
  return { id, salt: salt!, hmac: hmac!, ciphertext: ciphertext! }
}

const derive = promisify(pbkdf2)

/** Undefined: the HMAC is another. Nothing is decrypted before it is known to be right. */
const open = async ({ salt, hmac, ciphertext }: Vault, password: Secret): Promise<Buffer | undefined> => {
  const keys = await derive(password.reveal(), salt, 10_000, 80, 'sha256')
  const expected = createHmac('sha256', keys.subarray(32, 64)).update(ciphertext).digest()
  if (expected.length !== hmac.length || !timingSafeEqual(expected, hmac)) return undefined
  const decipher = createDecipheriv('aes-256-ctr', keys.subarray(0, 32), keys.subarray(64, 80))
  const padded = Buffer.concat([decipher.update(ciphertext), decipher.final()])
  const padding = padded.at(-1) ?? 0
  if (padding < 1 || padding > 16 || padded.length < padding) throw broken('its padding is wrong')
  return padded.subarray(0, padded.length - padding)
}

/**
 * Tries the passwords of the vault's own id first and then all others, as Ansible does: an id is a hint, nothing more. Is
 * there none, `ask` is called. Throws Locked: none fits, or the text was changed; an HMAC cannot tell these two apart.
 */
export const openVault = async (
  text: string,
  passwords: readonly VaultPassword[],
  ask: (id: string | undefined) => VaultPassword,
): Promise<Buffer> => {
  const vault = parse(text)
  const fits = (password: VaultPassword): boolean => password.id === undefined || password.id === vault.id
  const known = [...passwords.filter(fits), ...passwords.filter(password => !fits(password))]
  const candidates = known.length > 0 ? known : [ask(vault.id)]
  for (const { secret } of candidates) {
    const opened = await open(vault, await secret())
    if (opened) return opened
  }
  const which = vault.id === undefined ? '' : ` of the vault id ${vault.id}`
  throw new Locked(
    `the password${which} is wrong, or the text was changed; tried: ${candidates.map(({ from }) => from).join(', ')}`,
    'ansible-vault view with the same password tells which.',
  )
}
