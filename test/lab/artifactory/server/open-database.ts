import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Instance } from './database/database.ts'
import { EmbeddedDatabase } from './database/embedded.ts'
import { PostgresDatabase } from './database/postgres.ts'
import type { Home } from './home.ts'
import type { Keys } from './keys.ts'
import type { Log } from './log.ts'
import type { Options } from './options.ts'
import { Refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

export function openDatabase(home: Home, settings: Settings, keys: Keys, version: string, log: Log): Database {
  if (settings.database !== undefined && keys.databasePassword !== undefined) {
    return new PostgresDatabase(settings.database, keys.databasePassword, version, error =>
      log.error(`database connection lost: ${error.message}`),
    )
  }
  log.warn(`no database in ${home.systemYaml}: using the embedded one, ${home.embeddedDatabase}`)
  return new EmbeddedDatabase(home.embeddedDatabase)
}

/** Creates the tables, and checks the master key against the one the data was made with. Waits for a database that is not up yet; a database that says no is not asked again. */
export async function prepareDatabase(database: Database, keys: Keys, options: Options, log: Log): Promise<Instance> {
  const deadline = Date.now() + options.databaseWait
  for (;;) {
    try {
      await database.ping()
      break
    } catch (error) {
      if (Date.now() >= deadline) throw new Refusal(`the database cannot be used: ${reason(error)}`)
      await sleep(200)
    }
  }
  const instance = await database.prepare(keys.master.id)
  if (instance.masterKeyId !== keys.master.id) {
    throw new Refusal(
      `the master key (${keys.master.id}) is not the one that this database was made with (${instance.masterKeyId})`,
    )
  }
  if (instance.fresh) log.warn(`NEW INSTANCE ${instance.id}: the ${database.kind} database was empty`)
  else log.info(`instance ${instance.id} of ${new Date(instance.created).toISOString()}`)
  return instance
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
