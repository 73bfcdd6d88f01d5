import { showSafely } from '../../secret.ts'

/** A WAL position as a number: `16/B374D848`. https://www.postgresql.org/docs/current/datatype-pg-lsn.html */
export const lsn = (text: string): bigint => {
  const [, high, low] = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text) ?? []
  if (!high || !low) throw new RangeError(`no WAL position: ${showSafely(text, 40)}`)
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}
