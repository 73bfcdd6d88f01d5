import type { Publication } from './step.ts'
import { advanceDatabase } from './steps/advance-database.ts'
import { configurationSync } from './steps/configuration-sync.ts'
import { databasePosition } from './steps/database-position.ts'
import { filestoreSync } from './steps/filestore-sync.ts'
import { publish } from './steps/publish.ts'
import { verifyBinaries } from './steps/verify-binaries.ts'

/**
 * One cycle of the synchronisation. The database position comes first and the copy after it, so that in every instant the
 * standby's database refers to nothing that was not in the active's filestore when the copy began.
 */
export const syncJob = (): Publication => {
  const position = databasePosition()
  const copied = filestoreSync({ after: position })
  const configured = configurationSync({ after: copied })
  const advanced = advanceDatabase({ to: position, after: configured })
  return publish({ what: verifyBinaries({ at: advanced }) })
}
