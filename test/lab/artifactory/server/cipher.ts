import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/**
 * How the stand-in encrypts values of system.yaml with the master key. The outer form, a short id of the key and the name
 * of the method before the payload, is like the real one's; the payload is invented here (base64url of a 12 byte nonce,
 * the ciphertext, and a 16 byte tag), so neither can read the other's.
 */
const encrypted = /^([A-Za-z0-9_-]{6})\.aesgcm256\.([A-Za-z0-9_-]+)$/

export class MasterKey {
  readonly id: string
  private readonly secret: Buffer

  /** Hex of 16 or 32 bytes, as `openssl rand -hex 16` gives it. */
  constructor(hex: string) {
    const text = hex.trim()
    if (!/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/i.test(text)) {
      throw new Error('a master key is 32 or 64 hexadecimal digits')
    }
    const bytes = Buffer.from(text, 'hex')
    this.secret = createHash('sha256').update('stand-in value key').update(bytes).digest()
    this.id = createHash('sha256').update('stand-in key id').update(bytes).digest('base64url').slice(0, 6)
  }

  static generate(): string {
    return randomBytes(16).toString('hex')
  }

  encrypt(plain: string): string {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.secret, nonce)
    const body = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `${this.id}.aesgcm256.${body.toString('base64url')}`
  }

  /** Throws when the value was encrypted with another key or was changed since. */
  decrypt(value: string): string {
    const [, id, payload] = encrypted.exec(value) ?? []
    if (id === undefined || payload === undefined) throw new Error('this is not an encrypted value')
    if (id !== this.id) throw new Error(`encrypted with master key ${id}, but this one is ${this.id}`)
    const body = Buffer.from(payload, 'base64url')
    if (body.length < 28) throw new Error('the encrypted value is too short')
    const decipher = createDecipheriv('aes-256-gcm', this.secret, body.subarray(0, 12))
    decipher.setAuthTag(body.subarray(-16))
    return Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()]).toString('utf8')
  }
}

export const isEncrypted = (value: string): boolean => encrypted.test(value)
