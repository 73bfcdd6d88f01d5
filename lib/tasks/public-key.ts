import { z } from 'zod'

/** A public key as OpenSSH writes it: `ssh-ed25519 AAAAC3Nza... me@here`. */
export interface PublicKey {
  readonly type: string
  /** Base64. */
  readonly blob: string
  readonly comment: string | undefined
}

/** The blob names its own type once more: a length of four bytes, then the name, https://www.rfc-editor.org/rfc/rfc4253#section-6.6 */
const typeInside = (blob: string): string | undefined => {
  const bytes = Buffer.from(blob, 'base64')
  if (bytes.length < 4 || bytes.toString('base64').replace(/=+$/, '') !== blob.replace(/=+$/, '')) return undefined
  return bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1')
}

export const publicKey = z
  .string()
  .trim()
  .regex(/^[^\n\r\0]*$/, 'must be one line')
  .transform((line, context): PublicKey => {
    const [, type = '', blob = '', comment] = /^(\S+)[ \t]+(\S+)(?:[ \t]+(.*))?$/.exec(line) ?? []
    if (typeInside(blob) === type) return { type, blob, comment }
    context.addIssue({ code: 'custom', message: 'must be a public key: type, base64, and perhaps a comment' })
    return z.NEVER
  })
