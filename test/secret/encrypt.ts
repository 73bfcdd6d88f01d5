import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'

// Encrypted files of values that a test makes up. Files that other programs made are in test/fixtures/secrets.

export interface AgeKey {
  readonly identity: string
  readonly recipient: string
}

export const ageKey = async (): Promise<AgeKey> => {
  const identity = await generateX25519Identity()
  return { identity, recipient: await identityToRecipient(identity) }
}

export const ageFile = async (recipient: string, content: string | Uint8Array): Promise<string> => {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  return armor.encode(await encrypter.encrypt(content))
}

const sealed = (key: Buffer, text: string, additional: string): string => {
  const iv = randomBytes(32)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(additional))
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  const [d, i, t] = [data, iv, cipher.getAuthTag()].map(bytes => bytes.toString('base64'))
  return `ENC[AES256_GCM,data:${d},iv:${i},tag:${t},type:str]`
}

/** A file of SOPS with these texts at its top, as JSON. */
export const sopsFile = async (recipient: string, texts: Readonly<Record<string, string>>): Promise<string> => {
  const key = randomBytes(32)
  const lastmodified = '2026-01-02T03:04:05Z'
  const mac = createHash('sha512').update(Object.values(texts).join('')).digest('hex').toUpperCase()
  return JSON.stringify({
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, sealed(key, text, `${name}:`)])),
    sops: {
      age: [{ recipient, enc: await ageFile(recipient, key) }],
      lastmodified,
      mac: sealed(key, mac, lastmodified),
    },
  })
}

/** What ansible-vault writes. */
export const vaultFile = (password: string, content: string): string => {
  const salt = randomBytes(32)
  const keys = pbkdf2Sync(password, salt, 10_000, 80, 'sha256')
  const padding = 16 - (Buffer.byteLength(content) % 16)
  const padded = Buffer.concat([Buffer.from(content), Buffer.alloc(padding, padding)])
  const ciphertext = createCipheriv('aes-256-ctr', keys.subarray(0, 32), keys.subarray(64, 80)).update(padded)
  const hmac = createHmac('sha256', keys.subarray(32, 64)).update(ciphertext).digest()
  const body = Buffer.from([salt, hmac, ciphertext].map(bytes => bytes.toString('hex')).join('\n')).toString('hex')
  return `$ANSIBLE_VAULT;1.1;AES256\n${body.replace(/.{80}/g, '$&\n')}\n`
}
