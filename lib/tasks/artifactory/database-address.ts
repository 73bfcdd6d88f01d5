import { parseDocument } from 'yaml'
import { secretsInYaml } from './secrets-in-yaml.ts'

/** Where Artifactory's database is, or why it cannot be told. Never with the URL itself, which may hold a password. */
export type DatabaseAddress =
  | { readonly known: true; readonly host: string; readonly port: number; readonly database: string }
  | { readonly known: false; readonly why: string }

const unknown = (why: string): DatabaseAddress => ({ known: false, why })

/**
 * `jdbc:postgresql://host:port/database?...`; host and port may be left out.
 * https://jdbc.postgresql.org/documentation/use/#connecting-to-the-database
 */
const parseUrl = (url: string): DatabaseAddress => {
  const [, hosts = '', path] = /^jdbc:postgresql:(?:\/\/([^/?]*)\/)?([^/?]+)(?:\?.*)?$/s.exec(url.trim()) ?? []
  if (path === undefined)
    return unknown('shared.database.url of its system.yaml is no jdbc:postgresql://HOST:PORT/NAME')
  if (hosts.includes(',')) return unknown('shared.database.url of its system.yaml names several hosts')
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:@[\]]*))(?::(\d{1,5}))?$/.exec(hosts) ?? []
  if (bracketed === undefined && plain === undefined)
    return unknown('shared.database.url of its system.yaml has a host that is none')
  return {
    known: true,
    host: bracketed ?? (plain || 'localhost'),
    port: port === undefined ? 5432 : Number(port),
    database: decoded(path),
  }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * The database that a system.yaml names. One that names none means the embedded Derby.
 * https://jfrog.com/help/r/jfrog-installation-setup-documentation/artifactory-system-yaml-configuration-topics
 */
export const databaseAddress = (systemYaml: string): DatabaseAddress => {
  const document = parseDocument(systemYaml)
  if (document.errors.length > 0) return unknown('its system.yaml is not YAML')
  secretsInYaml(systemYaml)
  const value = (name: string): unknown => document.getIn(['shared', 'database', name])
  const [type, url] = [value('type'), value('url')]
  if (type === undefined && url === undefined) return unknown('its system.yaml names no database, which means Derby')
  if (type !== 'postgresql') return unknown(`its database is of the type ${word(type)}, not postgresql`)
  return typeof url === 'string' ? parseUrl(url) : unknown('its system.yaml has no shared.database.url')
}

/** What people may see of a value that should be a single word. */
const word = (value: unknown): string => (typeof value === 'string' && /^\w{1,20}$/.test(value) ? value : 'none')
