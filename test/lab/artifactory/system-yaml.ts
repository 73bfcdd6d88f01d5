import { stringify } from 'yaml'
import { ports } from './layout.ts'

/** What a user would fill in before the first start. All ports are TCP. */
export interface SystemYamlOptions {
  readonly nodeId: string
  /** Address of this node, `shared.node.ip`. */
  readonly ip: string
  readonly nodeName?: string
  readonly haEnabled?: boolean
  readonly databasePassword: string
  /** Default 127.0.0.1. */
  readonly databaseHost?: string
  readonly databasePort?: number
  readonly database?: string
  readonly databaseUser?: string
  /** Hex; the server makes one when it is left out. */
  readonly joinKey?: string
  readonly extraJavaOpts?: string
  readonly ports?: Partial<Record<keyof typeof ports, number>>
}

/**
 * A system.yaml as a person writes it, with the password in clear; the server encrypts it at its first start.
 *
 * Keys: https://jfrog.com/help/r/jfrog-installation-setup-documentation/artifactory-system-yaml-configuration-topics
 */
export function systemYaml(options: SystemYamlOptions): string {
  const { databaseHost = '127.0.0.1', databasePort = 5432, database = 'artifactory' } = options
  const host = databaseHost.includes(':') ? `[${databaseHost}]` : databaseHost
  const port = { ...ports, ...options.ports }
  return stringify({
    configVersion: 1,
    shared: {
      ...(options.extraJavaOpts === undefined ? {} : { extraJavaOpts: options.extraJavaOpts }),
      ...(options.joinKey === undefined ? {} : { security: { joinKey: options.joinKey } }),
      node: {
        id: options.nodeId,
        ip: options.ip,
        name: options.nodeName ?? options.nodeId,
        haEnabled: options.haEnabled ?? false,
      },
      database: {
        type: 'postgresql',
        driver: 'org.postgresql.Driver',
        url: `jdbc:postgresql://${host}:${databasePort}/${database}`,
        username: options.databaseUser ?? 'artifactory',
        password: options.databasePassword,
      },
    },
    ...portKeys(port),
  })
}

function portKeys(port: Record<keyof typeof ports, number>): object {
  const changed = (Object.keys(ports) as (keyof typeof ports)[]).some(name => port[name] !== ports[name])
  if (!changed) return {}
  return {
    artifactory: { port: port.artifactory },
    router: { entrypoints: { externalPort: port.router, internalPort: port.routerInternal } },
    access: { http: { port: port.access } },
  }
}
