import { z } from 'zod'
import { anything, change } from '../changes/change.ts'
import {
  oneProgram,
  oneProgramMessage,
  type Program,
  programCommand,
  programShape,
  showProgram,
} from '../changes/run-program.ts'
import { defineAction } from '../dsl/task.ts'
import type { Secret } from '../secret.ts'

type Input = Program & {
  readonly stdin?: string | Secret
  readonly directory?: string
  readonly timeoutSeconds?: number
}

/** What the command printed, for a later task: `runCommand(...).value`. */
export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
}

const schema = z.strictObject(programShape).refine(oneProgram, oneProgramMessage)
const params = schema as unknown as z.ZodType<z.output<typeof schema>, Input>

/** Runs a command each time. Where there is a way to tell that it is done already, `command` is the better word. */
export const runCommand = defineAction({
  name: 'runCommand',
  params,
  title: p => `run ${showProgram(p)}`,
  run: p =>
    change({
      summary: `run ${showProgram(p)}`,
      command: programCommand(p),
      doubts: [anything(`what ${showProgram(p)} does`)],
    }),
  result: ({ stdout, stderr }): CommandResult => ({ stdout: stdout.toString(), stderr: stderr.toString() }),
})
