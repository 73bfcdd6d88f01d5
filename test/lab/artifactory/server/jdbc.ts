export interface JdbcAddress {
  readonly host: string
  readonly port: number
  readonly database: string
}

/**
 * jdbc:postgresql://HOST[:PORT]/DATABASE[?PARAMETERS]; the parameters are the Java driver's and are ignored here.
 *
 * https://jdbc.postgresql.org/documentation/use/
 */
export function parseJdbcUrl(text: string): JdbcAddress {
  const match = /^jdbc:postgresql:\/\/(\[[0-9a-fA-F:.]+\]|[^/:,?]+)(?::(\d{1,5}))?\/([^/?]+)(?:\?.*)?$/.exec(text)
  const [, host, port = '5432', database] = match ?? []
  if (host === undefined || database === undefined) {
    throw new Error(`"${text}" is not of the form jdbc:postgresql://HOST:PORT/DATABASE`)
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port), database: decodeURIComponent(database) }
}
