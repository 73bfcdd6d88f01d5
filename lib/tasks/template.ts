import { callerLocation } from '../dsl/caller.ts'
import type { Task } from '../dsl/task.ts'
import { BatonError, UsageError } from '../errors.ts'
import { file } from './file.ts'

type FileInput = Omit<Parameters<typeof file>[0], 'content' | 'source'>

/** `values` are what `render` asks for: one that is missing, misspelt or of the wrong type does not compile. */
export interface TemplateInput<Values> extends FileInput {
  readonly render: (values: Values) => string
  readonly values: NoInfer<Values>
}

/**
 * A file whose content a typed function of templates/ makes of values: what `file` is with `content`, and a function that
 * throws is a mistake of the playbook at this line, before any host is touched. templates/write has writers that escape.
 */
export const template = <Values>({ render, values, ...input }: TemplateInput<Values>): Task => {
  const content = (): string => {
    try {
      return render(values)
    } catch (cause) {
      if (cause instanceof UsageError || !(cause instanceof Error)) throw cause
      const hint = cause instanceof BatonError ? cause.hint : undefined
      const message = `template ${input.path}: ${cause.message}`
      throw new UsageError([{ message, at: callerLocation(template), ...(hint !== undefined && { hint }) }])
    }
  }
  return file({ title: `template ${input.path}`, ...input, content: content() })
}
