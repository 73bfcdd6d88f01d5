import { oneLine } from './one-line.ts'

type Value = string | number | boolean | undefined

/**
 * A value of postgresql.conf between quotes. Backslashes are escapes there, quotes are doubled.
 * https://www.postgresql.org/docs/current/config-setting.html
 */
export const postgresString = (text: string): string =>
  `'${oneLine('a value of postgresql.conf', text).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** Lines of postgresql.conf. Numbers and booleans stand alone, everything else is quoted. `undefined` leaves one out. */
export const postgresConf = (settings: Readonly<Record<string, Value>>): string =>
  Object.entries(settings)
    .flatMap(([name, value]) => {
      if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i.test(name))
        throw new Error(`no setting of PostgreSQL: ${JSON.stringify(name)}`)
      if (value === undefined) return []
      return [
        `${name} = ${typeof value === 'string' ? postgresString(value) : value === true ? 'on' : value === false ? 'off' : value}\n`,
      ]
    })
    .join('')

/** A pair of a libpq connection string, https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE */
const conninfoPair = (name: string, value: string): string => {
  if (!/^[a-z_]+$/.test(name)) throw new Error(`no parameter of a connection: ${JSON.stringify(name)}`)
  const text = oneLine(name, value)
  return `${name}=${/^[A-Za-z0-9_./:-]+$/.test(text) ? text : `'${text.replace(/[\\']/g, '\\$&')}'`}`
}

/** A libpq connection string. In postgresql.conf it is a string again: `postgresString(conninfo({...}))`. */
export const conninfo = (parameters: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(parameters)
    .flatMap(([name, value]) => (value === undefined ? [] : [conninfoPair(name, String(value))]))
    .join(' ')

/** A name in pg_hba.conf: quoted, so that a database called `all` or `replication` is that database. */
const hbaName = (name: string): string => `"${oneLine('a name in pg_hba.conf', name).replaceAll('"', '""')}"`

/** https://www.postgresql.org/docs/current/auth-pg-hba-conf.html */
export interface HbaRule {
  readonly type: 'local' | 'host' | 'hostssl' | 'hostnossl' | 'hostgssenc' | 'hostnogssenc'
  /** Names, or the keywords `all`, `replication`, `sameuser`, `samerole` as symbols of this module. */
  readonly database: string | typeof ALL | typeof REPLICATION
  readonly user: string | typeof ALL
  /** `198.51.100.7/32`, or a host name. Not for `local`. */
  readonly address?: string
  readonly method: 'scram-sha-256' | 'peer' | 'cert' | 'reject' | 'ident' | 'trust'
}

/** Every database, or every user. */
export const ALL = Symbol('all')
/** Replication connections, which are no database's. */
export const REPLICATION = Symbol('replication')

const hbaField = (value: string | typeof ALL | typeof REPLICATION): string =>
  value === ALL ? 'all' : value === REPLICATION ? 'replication' : hbaName(String(value))

/** A line of pg_hba.conf, without its end. */
export const hbaRule = ({ type, database, user, address, method }: HbaRule): string => {
  if ((type === 'local') !== (address === undefined))
    throw new Error(`a rule of type ${type} ${type === 'local' ? 'has no' : 'needs an'} address`)
  if (address !== undefined && !/^[A-Za-z0-9.:_/-]+$/.test(address))
    throw new Error(`no address of pg_hba.conf: ${JSON.stringify(address)}`)
  return [type, hbaField(database), hbaField(user), ...(address === undefined ? [] : [address]), method].join(' ')
}
