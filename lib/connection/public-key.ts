import { createHash } from 'node:crypto'
import ssh2 from 'ssh2'

/** A public key as it travels: the blob names its own type. */
export interface PublicKey {
  /** `ssh-ed25519`, `ssh-rsa` ... */
  readonly type: string
  readonly blob: Buffer
}

/** The first string of the blob, https://www.rfc-editor.org/rfc/rfc4253#section-6.6 */
const typeOf = (blob: Buffer): string | undefined => {
  if (blob.length < 4) return undefined
  const length = blob.readUInt32BE(0)
  return length > 0 && length <= 64 && blob.length >= 4 + length ? blob.toString('latin1', 4, 4 + length) : undefined
}

/** A key that a server has shown. */
export const publicKeyOf = (blob: Buffer): PublicKey => ({ type: typeOf(blob) ?? 'unknown', blob })

/** `keytype base64 [comment]`. Undefined for what is no key, or where the blob is of another type than was said. */
export const readPublicKey = (text: string): PublicKey | undefined => {
  const [, type = '', base64 = ''] = /^[ \t]*([^ \t]+)[ \t]+([A-Za-z0-9+/]+=*)(?:[ \t].*)?$/s.exec(text) ?? []
  if (base64.length % 4 !== 0 || base64 === '') return undefined
  const blob = Buffer.from(base64, 'base64')
  if (typeOf(blob) !== type || blob.toString('base64') !== base64) return undefined
  return ssh2.utils.parseKey(`${type} ${base64}`) instanceof Error ? undefined : { type, blob }
}

/** `SHA256:...`, as ssh-keygen -l shows it. */
export const fingerprint = ({ blob }: PublicKey): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
