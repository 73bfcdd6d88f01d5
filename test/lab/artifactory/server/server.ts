import { unlink, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { filestorePlace } from './binarystore.ts'
import type { Instance, Server as ServerRow } from './database/database.ts'
import { Filestore } from './filestore.ts'
import { Gate } from './gate.ts'
import { startHeartbeat, warnOfOthers } from './heartbeat.ts'
import { ensureDirectories, type Home, installedVersion } from './home.ts'
import { handler, type Running } from './http/handler.ts'
import type { Phase } from './http/health.ts'
import { forgetMasterKey, settleKeys } from './keys.ts'
import { type Listeners, listen } from './listeners.ts'
import type { Log } from './log.ts'
import { openDatabase, prepareDatabase } from './open-database.ts'
import type { Options } from './options.ts'
import { Prune } from './prune.ts'
import { readSettings, type Settings } from './settings.ts'

export interface StandIn {
  /** The ports that are listened on; of use where 0 was configured. */
  readonly ports: Listeners['ports']
  readonly instance: Instance
  /** Waits for requests in flight, up to the configured limit. */
  stop(): Promise<void>
}

/**
 * Starts the stand-in in this process; resolves when it is RUNNING. Throws a {@link Refusal} for a reason that a person can
 * act on: wrong master key, read-only database, a filestore it does not have.
 */
export async function startStandIn(home: Home, options: Options, log: Log): Promise<StandIn> {
  await ensureDirectories(home)
  const version = await installedVersion(home)
  const settings = await readSettings(home.systemYaml)
  log.info(`Artifactory stand-in ${version} (not JFrog Artifactory) starting as node ${settings.node.id}`)
  const keys = await settleKeys(home, settings, log)
  const filestore = new Filestore(await filestorePlace(home.binarystore, home.data))
  await filestore.prepare()

  const startedAt = Date.now()
  let phase: Phase = 'STARTING'
  let running: Running | undefined
  const listener = handler({
    nodeId: settings.node.id,
    version,
    requireAuth: options.requireAuth,
    phase: () => phase,
    running: () => running,
    onError: message => log.error(message),
  })
  const listeners = await listen(settings.ports, listener)
  const database = openDatabase(home, settings, keys, version, log)
  try {
    const instance = await prepareDatabase(database, keys, options, log)
    const row = serverRow(settings, version)
    await warnOfOthers(database, row.id, log)
    await database.unlockAll(row.id)
    const store = { database, filestore, gate: new Gate(), log, options }
    running = { store, prune: new Prune(store), instance }
    const stopHeartbeat = await startHeartbeat(database, row, startedAt, options.heartbeat, () => phase, log)
    await writeFile(home.pidFile, `${process.pid}\n`).catch((error: unknown) => {
      log.warn(`no pid file: ${reason(error)}`)
    })
    if (options.startDelay > 0) await sleep(options.startDelay)
    phase = 'RUNNING'
    await database.heartbeat(row, 'RUNNING', startedAt, Date.now())
    if (settings.masterKeyExternal) await forgetMasterKey(home, log)
    log.info(`Artifactory stand-in successfully started, ports ${JSON.stringify(listeners.ports)}`)

    const stop = async (): Promise<void> => {
      if (phase === 'STOPPING') return
      phase = 'STOPPING'
      log.info(`stopping: waiting up to ${settings.graceful} ms for requests in flight`)
      await listeners.close(settings.graceful, log)
      stopHeartbeat()
      await database.heartbeat(row, 'OFFLINE', startedAt, Date.now()).catch((error: unknown) => {
        log.warn(`cannot say goodbye to the database: ${reason(error)}`)
      })
      await database.close()
      await unlink(home.pidFile).catch(() => undefined)
      log.info('Artifactory stand-in stopped')
    }
    return { ports: listeners.ports, instance, stop }
  } catch (error) {
    await listeners.close(0, log)
    await database.close().catch(() => undefined)
    throw error
  }
}

function serverRow(settings: Settings, version: string): ServerRow {
  const { id, ip, haEnabled } = settings.node
  return { id, contextUrl: `http://${ip}:${settings.ports.artifactory}/artifactory`, version, haEnabled }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
