/** What the environment may change, for tests. None of it exists in the real Artifactory. Times are milliseconds. */
export interface Options {
  /** Between the file's arrival in the filestore and the transaction that refers to it. */
  readonly pauseBetweenFileAndRow: number
  /** Inside the garbage collector's transaction, between the row's deletion and the file's. */
  readonly pauseBeforeGcUnlink: number
  /** How long health stays 503 after the database was accepted. */
  readonly startDelay: number
  /** How long the start waits for a database that does not answer. */
  readonly databaseWait: number
  /** Heartbeat into artifactory_servers. The real default is 5 s. */
  readonly heartbeat: number
  /** Everything but ping and health wants admin's password. */
  readonly requireAuth: boolean
  /** Deleted items go to the repository auto-trashcan. On in the real one, off here. */
  readonly trash: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

export function optionsFrom(env: Environment): Options {
  return {
    pauseBetweenFileAndRow: millis(env, 'STAND_IN_PAUSE_BETWEEN_FILE_AND_ROW_MS', 0),
    pauseBeforeGcUnlink: millis(env, 'STAND_IN_PAUSE_BEFORE_GC_UNLINK_MS', 0),
    startDelay: millis(env, 'STAND_IN_START_DELAY_MS', 0),
    databaseWait: millis(env, 'STAND_IN_DATABASE_WAIT_MS', 15_000),
    heartbeat: millis(env, 'STAND_IN_HEARTBEAT_MS', 5_000),
    requireAuth: env.STAND_IN_REQUIRE_AUTH === '1',
    trash: env.STAND_IN_TRASH === '1',
  }
}

function millis(env: Environment, name: string, otherwise: number): number {
  const text = env[name]
  if (text === undefined || text === '') return otherwise
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} must be a whole number of milliseconds, not "${text}"`)
  return Number(text)
}
