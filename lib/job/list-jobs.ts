import { type Command, sh } from '../command.ts'
import { listing } from './listing.ts'

const script = sh`
${listing}
baton_head
baton_each baton_line
exit 0`

/** All jobs on the host that the asking user has, of all runs. Each user's are his own: ask as each. For `parseJobs`. */
export const listJobs = (): Command => ({ script, timeoutMs: 60_000 })
