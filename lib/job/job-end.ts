import type { Command, Output } from '../command.ts'

/** A job whose end nobody saw leaves with this code and with a last line on stderr that says so. */
export const JOB_VANISHED = 121
/** Nothing has run, and nothing will: the host has no room for the job's files, or is read-only, or not Linux. */
export const JOB_NOT_BEGUN = 120
/** With `attachOnly`: there is no such job. */
export const JOB_ABSENT = 119

/**
 * How a job came to its end.
 *
 * `ended`: by itself; the output's code is the command's. `deadline`: it ran past its deadline and was ended, code 124.
 * `stopped`: somebody ended it by `endJobs`. `vanished`: it is gone without a code, because the host was started anew or
 * its processes were killed, and nobody knows what it has done: it must not be repeated blindly.
 * `not-begun` and `absent`: it did not run.
 */
export interface JobEnd {
  readonly type: 'ended' | 'deadline' | 'stopped' | 'vanished' | 'not-begun' | 'absent'
  /** As the command itself would have given it. */
  readonly output: Output
}

const lastLine = / (ended|deadline|stopped|vanished|not-begun|absent) (\d{1,15})\n$/

/** What the output of a command made by `asJob` says: that very object, for the job's own line is known by a word in it. */
export const jobEnd = (job: Command, output: Output): JobEnd => {
  const nonce = job.args?.[0] ?? ''
  const at = nonce ? output.stderr.lastIndexOf(nonce) : -1
  const [, type, more] = at < 0 ? [] : (lastLine.exec(output.stderr.toString('latin1', at + nonce.length)) ?? [])
  if (!type) return { type: 'ended', output }
  const stderr = output.stderr.subarray(0, at)
  return {
    type: type as JobEnd['type'],
    output: { ...output, stderr, droppedBytes: output.droppedBytes + Number(more) },
  }
}
