import type { IncomingMessage } from 'node:http'
import { HttpError } from './reply.ts'

/** The account of a new Artifactory, and of every stand-in: it protects nothing. */
export const admin = { user: 'admin', password: 'password' } as const

/** Wrong credentials are always refused; none are fine unless they are required. */
export function authorize(request: IncomingMessage, required: boolean): void {
  const header = request.headers.authorization
  const challenge = { 'WWW-Authenticate': 'Basic realm="Artifactory stand-in"' }
  if (header === undefined) {
    if (required) throw new HttpError(401, 'Authentication is required', challenge)
    return
  }
  const given = Buffer.from(header.replace(/^Basic /i, ''), 'base64').toString('utf8')
  if (given !== `${admin.user}:${admin.password}`) throw new HttpError(401, 'Bad credentials', challenge)
}
