import { randomBytes } from 'node:crypto'
import { anew } from '../../secret/anew.ts'

/** A password of 256 random bits, one for the whole run: what is planned twice must come out the same. */
export const generatedPassword = anew(randomBytes(32).toString('base64url'), 'the generated password')
