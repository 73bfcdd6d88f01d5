import { Refusal } from '../../errors.ts'
import { hide, Secret } from '../../secret.ts'

/** To which connections a line of a password file applies. */
export interface PassfileEntry {
  readonly host: string
  readonly port: number
  /** `replication` for a replication connection. */
  readonly database: string
  readonly user: string
}

const field = (value: string): string => {
  if (/[\n\r\0]/.test(value)) throw new Refusal('a password file cannot hold a value with a line end')
  return value.replace(/[\\:]/g, '\\$&')
}

/** `host:port:database:user:password` lines. Source: https://www.postgresql.org/docs/current/libpq-pgpass.html */
export const formatPassfile = (entries: readonly PassfileEntry[], password: Secret): Secret => {
  // As the file has it, whoever prints a line of it.
  hide(field(password.reveal()))
  return Secret.document(
    entries
      .map(e => [e.host, `${e.port}`, e.database, e.user, password.reveal()].map(field).join(':'))
      .map(line => `${line}\n`)
      .join(''),
  )
}

/** The password of the first line of the user; `undefined`: there is none. */
export const passwordIn = (passfile: Secret | undefined, user: string): Secret | undefined => {
  for (const line of passfile?.reveal().split('\n') ?? []) {
    const fields = line.match(/(?:\\.|[^:\\])+/g)?.map(word => word.replace(/\\(.)/g, '$1'))
    if (fields?.length === 5 && fields[3] === user) return Secret.found(fields[4]!)
  }
  return undefined
}
