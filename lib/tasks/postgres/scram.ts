import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { Refusal } from '../../errors.ts'
import { anew } from '../../secret/anew.ts'
import type { Secret } from '../../secret.ts'

// What PostgreSQL stores instead of a password, so that the password itself never has to travel to the server.
// RFC 5802 and 7677; form: SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>,
// https://www.postgresql.org/docs/current/catalog-pg-authid.html

const verifier = (password: string, salt: Buffer, iterations: number): string => {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  const key = (name: string) => createHmac('sha256', salted).update(name).digest()
  const stored = createHash('sha256').update(key('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`
}

/** One salt a process: a plan that is made twice must come out the same. */
const salt = randomBytes(16)

/** A verifier for the password. Only printable ASCII, which needs no SASLprep (RFC 4013). */
export const scramVerifier = (password: Secret): Secret => {
  if (!/^[\x20-\x7e]+$/.test(password.reveal()))
    throw new Refusal('the password of a PostgreSQL role must be of printable ASCII characters')
  return anew(verifier(password.reveal(), salt, 4096), `a verifier of ${password.reveal()}`)
}

/** Was the verifier made from this password? Its own salt and iterations are used. */
export const matchesVerifier = (stored: Secret | undefined, password: Secret | undefined): boolean => {
  const [, iterations, salt] = /^SCRAM-SHA-256\$(\d{1,7}):([A-Za-z0-9+/=]+)\$/.exec(stored?.reveal() ?? '') ?? []
  if (!stored || !password || !iterations || !salt) return false
  return verifier(password.reveal(), Buffer.from(salt, 'base64'), Number(iterations)) === stored.reveal()
}
