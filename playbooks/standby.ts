import { isIP } from 'node:net'
import { play, playbook } from '#dsl'
import { key } from '#tasks/artifactory/key'
import { systemYaml } from '#tasks/artifactory/system-yaml'
import { directory } from '#tasks/directory'
import { file } from '#tasks/file'
import { packages } from '#tasks/packages'
import { confD } from '#tasks/postgres/conf-d'
import { configuration } from '#tasks/postgres/configuration'
import { generatedPassword } from '#tasks/postgres/generated-password'
import { hbaRules } from '#tasks/postgres/hba-rules'
import { hold } from '#tasks/postgres/hold'
import { holdFile } from '#tasks/postgres/hold-file'
import { listening } from '#tasks/postgres/listening'
import { passfile } from '#tasks/postgres/passfile'
import { replicationSlot } from '#tasks/postgres/replication-slot'
import { role } from '#tasks/postgres/role'
import { running } from '#tasks/postgres/running'
import { sameCollation } from '#tasks/postgres/same-collation'
import { standbyCluster } from '#tasks/postgres/standby-cluster'
import { connectionString, standbySettings } from '#tasks/postgres/standby-settings'
import { service } from '#tasks/service'
import { activeReady } from '#tasks/standby/active-ready'
import { pinnedHostKey } from '#tasks/standby/pinned-host-key'
import { readOnlyAccess } from '#tasks/standby/read-only-access'
import { recoveryPoint } from '#tasks/standby/recovery-point'
import { standbyReady } from '#tasks/standby/standby-ready'
import { syncKey } from '#tasks/standby/sync-key'
import { syncScriptFile } from '#tasks/standby/sync-script'
import { systemdUnit } from '#tasks/systemd-unit'
import { timer } from '#tasks/timer'
import { user } from '#tasks/user'
import { syncJob } from '#templates/standby/job'
import { layout, reader, remoteShell } from '#templates/standby/layout'
import { syncScript } from '#templates/standby/sync-script'
import { syncLogrotate, syncService, syncTimer } from '#templates/standby/units'
import { StandbyVars } from './standby.vars.ts'

interface Reachable {
  readonly name: string
  readonly vars: StandbyVars
  readonly connection: { readonly type: string; readonly address?: string }
}

/** The address by which the other host reaches this one. */
const addressOf = ({ name, vars, connection }: Reachable): string => {
  const address = vars.replicationAddress ?? connection.address ?? ''
  if (isIP(address) === 0)
    throw new TypeError(
      `${name}: set replicationAddress, "${address}" is no address that PostgreSQL's rules could name`,
    )
  return address
}
const onlyThis = (address: string): string => `${address}/${isIP(address) === 6 ? 128 : 32}`

const become = { become: true } as const
const execute = ['pg_create_restore_point(text)']

/**
 * A warm standby of Artifactory: the same Artifactory, stopped; its database, held at a recovery point; its filestore, which
 * has every file that the database at that point refers to. Changes nothing on the active but who may read from it.
 */
export default playbook({
  name: 'Artifactory warm standby',
  groups: ['active', 'standby'],
  vars: StandbyVars,
  plays: ({ only }) => {
    const [active, standby] = [only('active'), only('standby')]
    const { vars } = standby
    const [activeAddress, standbyAddress] = [addressOf(active), addressOf(standby)]
    const cluster = (v: StandbyVars) => ({
      version: v.postgresVersion,
      cluster: v.postgresCluster,
      port: v.postgresPort,
    })
    const password = vars.replicationPassword ?? generatedPassword
    const from = {
      from: 'active',
      fromPort: active.vars.postgresPort,
      address: activeAddress,
      user: vars.replicationRole,
    }
    const databaseUnit = `postgresql@${vars.postgresVersion}-${vars.postgresCluster}.service`
    const logFile = `${vars.replicationLogDir}/${layout.logName}`
    const artifactory = (v: StandbyVars) => ({ owner: v.artifactoryUser, group: v.artifactoryUser })

    return [
      play('The active is what the inventory says', { hosts: 'active', ...become }, ({ vars: own }) => [
        activeReady({
          ...cluster(own),
          database: own.artifactoryDatabase,
          home: own.artifactoryHome,
          service: own.artifactoryService,
          filestorePath: vars.filestorePath,
        }),
      ]),
      play('The standby can be its standby', { hosts: 'standby', ...become }, [
        standbyReady({
          active: 'active',
          home: vars.artifactoryHome,
          service: vars.artifactoryService,
          filestorePath: vars.filestorePath,
          maxClockSkewSeconds: vars.maxClockSkew,
        }),
      ]),

      play('Give the standby its programs and keys', { hosts: 'standby', ...become }, [
        // Else the package makes a cluster of its own, which the standby's would have to replace.
        directory({ path: '/etc/postgresql-common/createcluster.d', parents: true }),
        file({ path: '/etc/postgresql-common/createcluster.d/baton.conf', content: 'create_main_cluster = false\n' }),
        packages({ names: ['rsync', 'openssh-client', `postgresql-${vars.postgresVersion}`] }),
        directory({ path: layout.state, parents: true, mode: '0755' }),
        directory({ path: layout.sshDirectory, mode: '0700', ...artifactory(vars) }),
        syncKey({ path: layout.sshKey, comment: `baton-standby@${standby.name}`, ...artifactory(vars) }),
        pinnedHostKey({ path: layout.knownHosts, of: 'active', address: activeAddress, port: active.vars.sshPort }),
      ]),

      play('Let the standby read from the active', { hosts: 'active', ...become }, ({ vars: own }) => [
        packages({ names: ['rsync', 'sudo', 'python3', 'python3-braceexpand'] }),
        user({
          name: reader.user,
          group: own.artifactoryUser,
          home: reader.home,
          createHome: false,
          shell: '/bin/sh',
          system: true,
        }),
        directory({ path: reader.home, owner: 'root', group: 'root', mode: '0755' }),
        directory({ path: `${reader.home}/.ssh`, owner: 'root', group: 'root', mode: '0755' }),
        readOnlyAccess({
          account: reader.user,
          runAs: own.artifactoryUser,
          sudoers: `/etc/sudoers.d/baton-${reader.user}`,
          path: `${reader.home}/.ssh/authorized_keys`,
          home: own.artifactoryHome,
          of: 'standby',
          publicKey: `${layout.sshKey}.pub`,
          address: standbyAddress,
        }),
        role({
          name: vars.replicationRole,
          port: own.postgresPort,
          replication: true,
          execute,
          password,
          ...(!vars.replicationPassword && { keptIn: { host: 'standby', passfile: layout.passfile } }),
        }),
        confD(cluster(own)),
        hbaRules({
          ...cluster(own),
          name: 'baton standby',
          rules: ['replication', 'postgres'].map(database => ({
            database,
            user: vars.replicationRole,
            address: onlyThis(standbyAddress),
          })),
        }),
        listening({
          ...cluster(own),
          address: activeAddress,
          restart: own.allowPostgresRestart ? 'allow' : 'refuse',
        }),
        configuration({
          ...cluster(own),
          name: '50-baton-active',
          settings: { max_slot_wal_keep_size: own.slotWalLimit },
        }),
        replicationSlot({ name: vars.replicationSlot, port: own.postgresPort }),
      ]),

      play("Build the standby's database", { hosts: 'standby', ...become }, [
        passfile({
          path: layout.passfile,
          user: vars.replicationRole,
          entries: ['replication', 'postgres'].map(database => ({
            host: activeAddress,
            port: active.vars.postgresPort,
            database,
          })),
          password,
          accepts: { host: 'active', port: active.vars.postgresPort, execute },
        }),
        standbyCluster({
          ...cluster(vars),
          ...from,
          passfile: layout.passfile,
          slot: vars.replicationSlot,
          forget: [layout.recoveryPoint],
          stop: [layout.timer, layout.service],
        }),
        confD(cluster(vars)),
        hold(cluster(vars)),
        standbySettings({ ...cluster(vars), ...from, passfile: layout.passfile, slot: vars.replicationSlot }),
        running(cluster(vars)),
        sameCollation({
          ...cluster(vars),
          database: vars.artifactoryDatabase,
          from: 'active',
          fromPort: active.vars.postgresPort,
        }),
      ]),

      play('Give the standby the keys and the configuration', { hosts: 'standby', ...become }, [
        service({ name: vars.artifactoryService, state: 'stopped', enabled: false }),
        ...['master.key', 'join.key'].map(name =>
          key({
            path: `${vars.artifactoryHome}/var/etc/security/${name}`,
            from: 'active',
            fromPath: `${active.vars.artifactoryHome}/var/etc/security/${name}`,
            sign: `${vars.artifactoryHome}/var/log/artifactory-service.log`,
            ...artifactory(vars),
          }),
        ),
        systemYaml({
          path: `${vars.artifactoryHome}/var/etc/system.yaml`,
          from: 'active',
          fromPath: `${active.vars.artifactoryHome}/var/etc/system.yaml`,
          own: {
            'shared.node.id': vars.nodeId ?? standby.name,
            'shared.node.name': vars.nodeId ?? standby.name,
            'shared.node.ip': standbyAddress,
            'shared.database.url':
              vars.databaseUrl ?? `jdbc:postgresql://127.0.0.1:${vars.postgresPort}/${vars.artifactoryDatabase}`,
          },
          ...artifactory(vars),
        }),
      ]),

      play('Synchronise the standby', { hosts: 'standby', ...become }, [
        // Artifactory makes it at its first start, which here is the failover.
        directory({ path: `${vars.artifactoryHome}/var/${vars.filestorePath}`, parents: true, ...artifactory(vars) }),
        directory({ path: vars.replicationLogDir, parents: true, mode: '0750', owner: 'root', group: 'adm' }),
        directory({ path: '/usr/local/lib/baton', mode: '0755' }),
        file({ path: '/etc/logrotate.d/artifactory-standby-sync', content: syncLogrotate(logFile) }),
        syncScriptFile({
          path: layout.script,
          home: vars.artifactoryHome,
          render: settings => syncScript(syncJob(), settings),
          settings: {
            activeDatabase: connectionString({
              host: activeAddress,
              port: active.vars.postgresPort,
              user: vars.replicationRole,
              dbname: 'postgres',
              passfile: layout.passfile,
              connect_timeout: 15,
              keepalives_idle: 15,
              keepalives_interval: 5,
              keepalives_count: 4,
              tcp_user_timeout: 30_000,
              options: '-c statement_timeout=60s',
            }),
            socket: '/var/run/postgresql',
            port: vars.postgresPort,
            databaseUnit,
            databaseUser: 'postgres',
            artifactoryDatabase: vars.artifactoryDatabase,
            artifactoryUnit: vars.artifactoryService,
            source: `${reader.user}@${isIP(activeAddress) === 6 ? `[${activeAddress}]` : activeAddress}:`,
            filestorePath: vars.filestorePath,
            remoteShell: remoteShell(active.vars.sshPort),
            copyUser: vars.artifactoryUser,
            excludesFile: layout.excludes,
            stateDirectory: layout.state,
            logFile,
            lockFile: layout.lock,
            holdFile: holdFile(cluster(vars)),
            timeoutSeconds: vars.networkTimeout,
            stallSeconds: vars.databaseStall,
            hashSample: vars.hashSample,
          },
        }),
        systemdUnit({ name: layout.service, content: syncService({ script: layout.script, databaseUnit }) }),
        systemdUnit({
          name: layout.timer,
          content: syncTimer({ interval: vars.syncInterval, randomizedDelay: vars.syncRandomizedDelay }),
        }),
        recoveryPoint({
          path: layout.recoveryPoint,
          unit: layout.service,
          log: logFile,
          port: vars.postgresPort,
          maxAgeSeconds: vars.maxRecoveryPointAge,
        }),
        timer({ name: layout.timer, state: 'started', enabled: true }),
      ]),
    ]
  },
})
