import type { Store } from './store.ts'

export interface PruneOptions {
  readonly dryRun: boolean
  /** Files younger than this stay. Days; fractions allowed. The real default is 1. */
  readonly binaryOlderThanDays: number
  /** Two hex digits: directories before it are left out. */
  readonly startFromDirectory?: string
  /** SHA-1: files before it are left out. */
  readonly startFromBinary?: string
}

export interface PruneStatus {
  status: 'NONE' | 'RUNNING' | 'FINISHED' | 'STOPPED' | 'FAILED'
  dryRun: boolean
  /** Files looked at. */
  processed: number
  /** Files without a row, old enough and not open. In a dry run nothing else happens to them. */
  unreferenced: number
  unreferencedBytes: number
  deleted: number
  skippedInUse: number
  skippedYoung: number
  message?: string
}

const day = 86_400_000

/**
 * Deletes every file of the filestore that has no row in binaries and is not open here. With an old database and a
 * filestore that a newer one uses, that destroys live artifacts; the stand-in does so too, without a question.
 *
 * https://jfrog.com/help/r/jfrog-rest-apis/start-pud-process
 */
export class Prune {
  private readonly store: Store
  private current: PruneStatus = { ...nothing, status: 'NONE', dryRun: false }
  private stopping = false

  constructor(store: Store) {
    this.store = store
  }

  get status(): Readonly<PruneStatus> {
    return this.current
  }

  stop(): void {
    this.stopping = true
  }

  /**
   * Resolves when it is over; the outcome, a failure too, is in the status. `release` runs before the status says so: who
   * reads FINISHED may start the next one.
   */
  async run(options: PruneOptions, release: () => Promise<void>): Promise<Readonly<PruneStatus>> {
    const status: PruneStatus = { ...nothing, status: 'RUNNING', dryRun: options.dryRun }
    this.current = status
    this.stopping = false
    this.store.log.info(`prune: started, ${JSON.stringify(options)}`)
    let outcome: PruneStatus['status']
    try {
      for (const directory of await this.store.filestore.directories()) {
        if (this.stopping) break
        if (directory >= (options.startFromDirectory ?? '')) await this.directory(directory, options, status)
      }
      outcome = this.stopping ? 'STOPPED' : 'FINISHED'
    } catch (error) {
      outcome = 'FAILED'
      status.message = error instanceof Error ? error.message : String(error)
    }
    await release()
    status.status = outcome
    this.store.log.info(`prune: ${JSON.stringify(status)}`)
    return status
  }

  private async directory(directory: string, options: PruneOptions, status: PruneStatus): Promise<void> {
    const { filestore, database, gate } = this.store
    const files = await filestore.list(directory)
    const rows = new Set((await database.binaries(directory)).map(row => row.sha1))
    const youngest = Date.now() - options.binaryOlderThanDays * day
    for (const file of files) {
      if (file.sha1 < (options.startFromBinary ?? '')) continue
      status.processed += 1
      if (rows.has(file.sha1)) continue
      if (gate.inUse(file.sha1)) {
        status.skippedInUse += 1
        continue
      }
      if (file.modified > youngest) {
        status.skippedYoung += 1
        continue
      }
      await gate.hold(file.sha1, async () => {
        // An upload may have ended between the two lists and this line.
        if ((await database.binary(file.sha1)) !== undefined) return
        status.unreferenced += 1
        status.unreferencedBytes += file.length
        if (!options.dryRun && (await filestore.remove(file.sha1))) status.deleted += 1
      })
    }
  }
}

const nothing = {
  processed: 0,
  unreferenced: 0,
  unreferencedBytes: 0,
  deleted: 0,
  skippedInUse: 0,
  skippedYoung: 0,
}
