import { createDecipheriv } from 'node:crypto'
import { Locked } from './locked.ts'

/** A decrypted value, and the bytes of it that the file's MAC is made of. */
export interface SopsValue {
  readonly value: string | number | boolean
  readonly bytes: Buffer
}

const sealed = /^ENC\[AES256_GCM,data:([^,]*),iv:([^,]+),tag:([^,]+),type:([a-z]+)\]$/

export const isSopsValue = (text: string): boolean => sealed.test(text)

const numberOf = (text: string): number => {
  const number = Number(text)
  if (Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))) return number
  throw new Locked('the decrypted number is too large to be kept exactly', 'Put it in quotes, and encrypt it again.')
}

const typed = (type: string, plain: Buffer): SopsValue['value'] => {
  const text = plain.toString()
  if (type === 'int' || type === 'float') return numberOf(text)
  if (type === 'bool') return text.toLowerCase() === 'true'
  if (type === 'str' || type === 'time' || type === 'comment') return text
  if (type === 'bytes') {
    if (Buffer.from(text).equals(plain)) return text
    throw new Locked('the decrypted value is not text')
  }
  throw new Locked(`values of the type ${type} are not known`)
}

/**
 * `ENC[AES256_GCM,data:..,iv:..,tag:..,type:str]` at a path of keys (lists add nothing to it). Throws Locked: it was changed,
 * moved to another key, or is for another data key.
 * https://github.com/getsops/sops/blob/main/aes/cipher.go and https://getsops.io/docs/#encryption-protocol
 */
export const openSopsValue = (text: string, dataKey: Buffer, additional: string): SopsValue => {
  const [, data = '', iv = '', tag = '', type = ''] = sealed.exec(text) ?? []
  if (!type) throw new Locked('this is no value that SOPS has encrypted')
  const mark = Buffer.from(tag, 'base64')
  let plain: Buffer
  try {
    // A shorter tag would be easier to forge.
    if (mark.length !== 16) throw new Error('not a whole tag')
    const decipher = createDecipheriv('aes-256-gcm', dataKey, Buffer.from(iv, 'base64'), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(additional)).setAuthTag(mark)
    plain = Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()])
  } catch {
    throw new Locked(
      'the encrypted value was changed, or moved here from another key',
      'sops edit FILE, and set it again.',
    )
  }
  return { value: typed(type, plain), bytes: plain }
}
