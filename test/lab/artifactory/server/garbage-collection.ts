import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from './store.ts'

export interface GarbageCollected {
  readonly candidates: number
  readonly rows: number
  readonly files: number
}

/**
 * Binaries that no item refers to: in one transaction each, the row goes, then the file, then the commit. So a snapshot of
 * the database can hold a row whose file is gone, but only one that nothing refers to (BinaryCleaner, 5.11 and 6.20).
 * The real server runs it every four hours by itself; the stand-in only when asked.
 */
export async function collectGarbage(
  { database, filestore, gate, log, options }: Store,
  pause = options.pauseBeforeGcUnlink,
): Promise<GarbageCollected> {
  const candidates = await database.unreferenced()
  let rows = 0
  let files = 0
  for (const sha1 of candidates) {
    const collected = await gate.hold(sha1, () =>
      database.collect(sha1, async () => {
        if (pause > 0) await sleep(pause)
        if (await filestore.remove(sha1)) files += 1
        else log.warn(`garbage collection: the file of ${sha1} was not there`)
      }),
    )
    if (collected) rows += 1
  }
  log.info(`garbage collection: ${candidates.length} candidates, ${rows} rows and ${files} files deleted`)
  return { candidates: candidates.length, rows, files }
}
