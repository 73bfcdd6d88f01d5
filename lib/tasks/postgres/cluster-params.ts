import { z } from 'zod'

/** Which cluster of a host, as Debian's postgresql-common names it: pg_lsclusters(1). */
export const clusterParams = {
  version: z
    .string()
    .regex(/^[1-9]\d$/, 'must be a major version in quotes, for example "17"')
    .describe('Major version'),
  cluster: z
    .string()
    .regex(/^[A-Za-z0-9_]+$/, 'must be the name of a cluster')
    .default('main')
    .describe('Name of the cluster'),
  port: z.number().int().min(1).max(65_535).default(5432).describe('Port, and suffix of the local socket'),
}

export interface ClusterName {
  readonly version: string
  readonly cluster: string
}

export const configurationOf = ({ version, cluster }: ClusterName): string => `/etc/postgresql/${version}/${cluster}`
export const dataOf = ({ version, cluster }: ClusterName): string => `/var/lib/postgresql/${version}/${cluster}`
export const unitOf = ({ version, cluster }: ClusterName): string => `postgresql@${version}-${cluster}.service`
/** Debian's, compiled in. */
export const socketDirectory = '/var/run/postgresql'

export const roleName = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be a plain name of a role')
