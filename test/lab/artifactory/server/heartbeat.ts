import { type Database, type Server, staleHeartbeat } from './database/database.ts'
import type { Phase } from './http/health.ts'
import type { Log } from './log.ts'

/** Two servers on one database is what a failover must never come to. It is logged, not refused: that is the guard's work. */
export async function warnOfOthers(database: Database, id: string, log: Log): Promise<void> {
  const young = Date.now() - staleHeartbeat
  for (const other of await database.servers()) {
    if (other.id === id || other.state === 'OFFLINE' || other.lastHeartbeat < young) continue
    log.error(`TWO ACTIVES: server ${other.id} uses this database too, state ${other.state}`)
  }
}

/** Says in artifactory_servers that this server is alive. The returned function stops it. */
export async function startHeartbeat(
  database: Database,
  row: Server,
  started: number,
  interval: number,
  phase: () => Phase,
  log: Log,
): Promise<() => void> {
  await database.heartbeat(row, 'STARTING', started, Date.now())
  const timer = setInterval(() => {
    const state = phase() === 'STARTING' ? 'STARTING' : 'RUNNING'
    database.heartbeat(row, state, started, Date.now()).catch((error: unknown) => {
      log.warn(`heartbeat failed: ${reason(error)}`)
    })
  }, interval)
  return () => clearInterval(timer)
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
