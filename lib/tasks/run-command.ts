import { z } from 'zod'
import { anything, change } from '../changes/change.ts'
import {
  type Conditions,
  judgedBy,
  oneProgram,
  oneProgramMessage,
  type Program,
  programCommand,
  programShape,
  showProgram,
} from '../changes/run-program.ts'
import { type CommandOutcome, outcomeOf } from '../command.ts'
import { defineAction } from '../dsl/task.ts'
import type { Secret } from '../secret.ts'

type Input = Program &
  Conditions & {
    readonly stdin?: string | Secret
    readonly directory?: string
    readonly timeoutSeconds?: number
  }

/** How the command ended and what it printed, for a later task: `runCommand(...).value`. */
export type CommandResult = CommandOutcome

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
      ...judgedBy(p),
    }),
  result: (output): CommandResult => outcomeOf(output),
})
