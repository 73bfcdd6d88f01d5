import { randomBytes } from 'node:crypto'
import { Secret } from '../../secret.ts'

/** A password of 256 random bits, one for the whole run: what is planned twice must come out the same. */
export const generatedPassword = new Secret(randomBytes(32).toString('base64url'))
