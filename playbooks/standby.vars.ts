import { z } from 'zod'
import { Secret } from '#dsl'

const directory = z.string().regex(/^(\/[\w.-]+)+$/, 'must be an absolute path of letters, digits, dots, dashes')
const duration = z.string().regex(/^\d+(s|min|h|d)$/, 'must be a number and s, min, h or d, for example "15min"')

/** What an inventory may say to playbooks/standby.ts. Everything has a default, but for what only the site can know. */
export const StandbyVars = z.strictObject({
  artifactoryHome: directory.default('/opt/jfrog/artifactory').describe('$JFROG_HOME/artifactory'),
  artifactoryService: z.string().default('artifactory').describe('Its systemd unit'),
  artifactoryUser: z.string().default('artifactory').describe('Who owns its files; its group has the same name'),
  filestorePath: z.string().default('data/artifactory/filestore').describe('From the var directory'),

  replicationAddress: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .describe('Address by which the two hosts reach each other. Left out: the one that Baton connects to'),
  sshPort: z.number().int().default(22).describe("Port of the active's sshd, as seen from the standby"),

  postgresVersion: z.string().default('17').describe('Major version, in quotes'),
  postgresCluster: z.string().default('main').describe('Name of the cluster, as in pg_lsclusters'),
  postgresPort: z.number().int().default(5432),
  artifactoryDatabase: z.string().default('artifactory'),
  allowPostgresRestart: z
    .boolean()
    .default(false)
    .describe("Whether the active's PostgreSQL may be restarted when it must begin to listen on the network"),
  replicationRole: z.string().default('baton_standby'),
  replicationPassword: z
    .string()
    .min(12)
    .transform(value => new Secret(value))
    .optional()
    .describe('Left out: made once, and kept in the password file of the standby only'),
  replicationSlot: z.string().default('baton_standby'),
  slotWalLimit: z
    .string()
    .regex(/^\d+(MB|GB|TB)$/)
    .default('64GB')
    .describe('WAL that the active keeps for a standby that is away, before its own disk is in danger'),

  /** Keys of system.yaml that belong to the standby. */
  nodeId: z.string().optional().describe('shared.node.id of the standby. Left out: its name in the inventory'),
  databaseUrl: z
    .string()
    .startsWith('jdbc:postgresql://')
    .optional()
    .describe('shared.database.url of the standby. Left out: its own PostgreSQL'),

  replicationLogDir: directory.default('/var/log/baton').describe('Log of the synchronisation'),
  syncInterval: duration.default('15min').describe('From the end of one synchronisation to the next'),
  syncRandomizedDelay: duration.default('1min'),
  maxRecoveryPointAge: z
    .number()
    .int()
    .positive()
    .default(3600)
    .describe('Seconds. An older recovery point makes the playbook start the job and wait. Give it a few intervals'),
  maxClockSkew: z.number().positive().default(2).describe('Seconds between the clocks of the two hosts'),
  hashSample: z.number().int().nonnegative().default(100).describe('Files that each synchronisation hashes, at random'),
  networkTimeout: z.number().int().min(10).default(120).describe('Seconds of silence after which rsync gives up'),
  databaseStall: z
    .number()
    .int()
    .min(10)
    .default(300)
    .describe('Seconds in which a database that moves must make progress'),
})

export type StandbyVars = z.output<typeof StandbyVars>
