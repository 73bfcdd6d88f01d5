// Checked by tsc, never run: a synchronisation whose steps are in the wrong order does not compile.

import { advanceDatabase } from '../../templates/standby/steps/advance-database.ts'
import { configurationSync } from '../../templates/standby/steps/configuration-sync.ts'
import { databasePosition } from '../../templates/standby/steps/database-position.ts'
import { filestoreSync } from '../../templates/standby/steps/filestore-sync.ts'
import { publish } from '../../templates/standby/steps/publish.ts'
import { verifyBinaries } from '../../templates/standby/steps/verify-binaries.ts'

const position = databasePosition()
const copied = filestoreSync({ after: position })
const configured = configurationSync({ after: copied })
const advanced = advanceDatabase({ to: position, after: configured })
export const sound = publish({ what: verifyBinaries({ at: advanced }) })

// @ts-expect-error a copy without a database position
filestoreSync({})

// @ts-expect-error a copy after a copy is not a copy after a position
filestoreSync({ after: copied })

// @ts-expect-error the database would move before anything was copied
advanceDatabase({ to: position, after: position })

// @ts-expect-error the database would move to nowhere
advanceDatabase({ after: configured })

// @ts-expect-error what was verified before the database moved says nothing about it
verifyBinaries({ at: configured })

// @ts-expect-error nothing was verified
publish({ what: advanced })
