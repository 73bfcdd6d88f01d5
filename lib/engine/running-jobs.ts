import { defineFact } from '../facts/fact.ts'
import { type HostJobs, parseJobs } from '../job/jobs.ts'
import { listJobs } from '../job/list-jobs.ts'
import type { HostProblem } from './preflight.ts'

/** The commands that runs have left on a host, of the asking user. */
export const jobs = defineFact<'all', HostJobs>({
  kind: 'jobs',
  id: () => 'of all runs',
  volatile: true,
  ask: listJobs,
  parse: output => [parseJobs(output)],
})('all')

/** What another run has begun there, and what goes on although nobody follows it: it would be in this run's way. */
export const stillRunning = (host: string, { jobs: all }: HostJobs, run: string): readonly HostProblem[] =>
  all
    .filter(job => job.state === 'running' && job.run !== run)
    .map(({ run: other, pid }) => ({
      host,
      message: `a command of run ${other} still runs there${pid === undefined ? '' : `, as process ${pid}`}`,
      hint: `Wait for it, or go on with that run: --resume=${other}.`,
    }))
