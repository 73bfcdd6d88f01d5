import { createHash, type Hash, timingSafeEqual } from 'node:crypto'
import { Locked } from './locked.ts'
import type { SopsMetadata } from './sops-metadata.ts'
import { openSopsValue } from './sops-value.ts'

/** sha256 of `sops`: what the MAC starts with where it is over encrypted values only. */
const ONLY_ENCRYPTED = createHash('sha256').update('sops').digest()

/** As Go's strconv.FormatFloat(n, 'f', -1, 64): the shortest digits, without an exponent. */
const decimal = (number: number): string => {
  const [mantissa = '', exponent] = String(number).split('e')
  if (exponent === undefined) return mantissa
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)\.?(\d*)$/.exec(mantissa) ?? []
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0')}`
}

/** The bytes that a value counts with. */
const bytesOf = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 'True' : 'False') : typeof value === 'number' ? decimal(value) : value

/** The message authentication code of a file: SHA-512 over all its values, in their order. */
export class SopsMac {
  readonly #hash: Hash = createHash('sha512')
  readonly #metadata: SopsMetadata

  constructor(metadata: SopsMetadata) {
    this.#metadata = metadata
    if (metadata.mac_only_encrypted) this.#hash.update(ONLY_ENCRYPTED)
  }

  encrypted(bytes: Uint8Array): void {
    this.#hash.update(bytes)
  }

  plain(value: string | number | boolean): void {
    if (!this.#metadata.mac_only_encrypted) this.#hash.update(bytesOf(value))
  }

  /** Throws Locked: a value was changed, added, removed or moved. */
  verify(dataKey: Buffer): void {
    const { mac, lastmodified } = this.#metadata
    const said = Buffer.from(String(openSopsValue(mac, dataKey, lastmodified).value).toUpperCase())
    const found = Buffer.from(this.#hash.digest('hex').toUpperCase())
    if (said.length !== found.length || !timingSafeEqual(said, found))
      throw new Locked(
        'the MAC of SOPS does not fit: a value of this file was changed, added, removed or moved without sops',
        'Look at what changed (git log -p), take that back, and change it by sops edit.',
      )
  }
}
