export const BINARY = 'age-encryption.org/v1\n'
const ARMORED = '-----BEGIN AGE ENCRYPTED FILE-----'

/** Is it a file of age, binary or armored? https://c2sp.org/age. Apart from what opens it, which most runs need not load. */
export const isAge = (bytes: Uint8Array): boolean => {
  const start = Buffer.from(bytes.subarray(0, 256)).toString('latin1')
  return start.startsWith(BINARY) || start.trimStart().startsWith(ARMORED)
}
