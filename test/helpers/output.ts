import type { Output } from '../../lib/command.ts'

/** What a command gave, for a parser: `output('captured text')`. */
export const output = (stdout: string | Buffer, { code = 0, stderr = '' } = {}): Output => ({
  code,
  stdout: Buffer.from(stdout),
  stderr: Buffer.from(stderr),
  droppedBytes: 0,
  durationMs: 0,
})
