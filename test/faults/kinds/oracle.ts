import { setTimeout as sleep } from 'node:timers/promises'
import type { Kind } from '../campaign.ts'
import { LEASE_SECONDS } from '../trial.ts'

/**
 * The oracle itself: controllers that lie, and one that has forgotten what it did. Here the fault is good when it is found;
 * what is missing among the findings is the finding.
 */
export const oracle: Kind = {
  name: 'oracle',
  about: 'a false success and a step that is run twice, on purpose: both must be found',
  faults: () => [
    {
      name: 'a false success',
      async inject(trial) {
        await trial.end(trial.start({ fault: { says: 'success' } }))
        trial.mustHaveFound(/^exit code 0, and .* is not the new one$/)
      },
    },
    {
      name: 'a run that does its work twice',
      async inject(trial) {
        await trial.end(trial.start({ fault: { at: 100, how: 'kill after' } }))
        // Its name is another, so that its own lease is in its way.
        await sleep((LEASE_SECONDS + 1) * 1000)
        await trial.end(trial.start({ fault: { says: 'nothing of the past' }, argv: ['--resume'] }))
        await trial.checkEnd()
        trial.mustHaveFound(/^run twice: /)
      },
    },
    {
      name: 'a file that is there in part',
      async inject(trial) {
        await trial.spoil('small', 'this is n')
        trial.mustHaveFound(/ was neither old nor new: 9 bytes$/)
      },
    },
  ],
}
