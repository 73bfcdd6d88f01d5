import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { type Document, parseDocument } from 'yaml'
import { account, ports } from '../layout.ts'
import { type JdbcAddress, parseJdbcUrl } from './jdbc.ts'
import { Refusal } from './refusal.ts'

export interface DatabaseSettings extends JdbcAddress {
  readonly username: string
  /** As it stands in the file: in clear, or encrypted with the master key. */
  readonly password: string
}

/** What the stand-in reads from system.yaml. Everything else in the file is left as it is. */
export interface Settings {
  readonly document: Document
  /** True when the file was not there: this is a new instance. */
  readonly fresh: boolean
  readonly node: { readonly id: string; readonly ip: string; readonly name: string; readonly haEnabled: boolean }
  /** Undefined: the embedded database, for evaluation only, as with the real one. */
  readonly database: DatabaseSettings | undefined
  readonly joinKey: string | undefined
  readonly masterKeyExternal: boolean
  /** How long a stop waits for requests in flight, milliseconds. */
  readonly graceful: number
  readonly ports: Readonly<Record<keyof typeof ports, number>>
}

/** The values that the server encrypts at its first start. */
export const secretKeys = [
  ['shared', 'database', 'password'],
  ['shared', 'security', 'joinKey'],
] as const

export async function readSettings(file: string): Promise<Settings> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  const document = parseDocument(text ?? 'configVersion: 1\nshared:\n  node: {}\n  database: {}\n')
  const [problem] = document.errors
  if (problem !== undefined) throw new Refusal(`${file}: ${problem.message}`)
  try {
    return interpret(document, text === undefined)
  } catch (error) {
    throw new Refusal(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function interpret(document: Document, fresh: boolean): Settings {
  const id = string(document, 'shared.node.id') ?? hostname()
  return {
    document,
    fresh,
    node: {
      id,
      ip: string(document, 'shared.node.ip') ?? '127.0.0.1',
      name: string(document, 'shared.node.name') ?? id,
      haEnabled: string(document, 'shared.node.haEnabled') === 'true',
    },
    database: database(document),
    joinKey: string(document, 'shared.security.joinKey'),
    masterKeyExternal: string(document, 'shared.security.masterKeyExternal') === 'true',
    graceful: graceful(string(document, 'shared.extraJavaOpts') ?? ''),
    ports: {
      artifactory: port(document, 'artifactory.port', ports.artifactory),
      router: port(document, 'router.entrypoints.externalPort', ports.router),
      routerInternal: port(document, 'router.entrypoints.internalPort', ports.routerInternal),
      access: port(document, 'access.http.port', ports.access),
    },
  }
}

function database(document: Document): DatabaseSettings | undefined {
  const type = string(document, 'shared.database.type')
  if (type === undefined || type === 'derby') return undefined
  if (type !== 'postgresql') throw new Error(`shared.database.type: the stand-in has postgresql only, not ${type}`)
  return {
    ...parseJdbcUrl(required(document, 'shared.database.url')),
    username: string(document, 'shared.database.username') ?? account.user,
    password: required(document, 'shared.database.password'),
  }
}

/** The property that JFrog's chart passes in shared.extraJavaOpts; 30 s where it is not given. */
function graceful(javaOptions: string): number {
  const match = /-Dartifactory\.graceful\.shutdown\.max\.request\.duration\.millis=(\d+)/.exec(javaOptions)
  return match?.[1] === undefined ? 30_000 : Number(match[1])
}

function string(document: Document, key: string): string | undefined {
  const value: unknown = document.getIn(key.split('.'))
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'object') throw new Error(`${key} must be a single value`)
  return String(value)
}

function required(document: Document, key: string): string {
  const value = string(document, key)
  if (value === undefined) throw new Error(`${key} is missing`)
  return value
}

function port(document: Document, key: string, otherwise: number): number {
  const text = string(document, key)
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new Error(`${key} is not a port: ${text}`)
  return value
}
