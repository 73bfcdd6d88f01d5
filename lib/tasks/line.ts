import { z } from 'zod'
import { ensureLine, removeLines } from '../changes/edit/line.ts'
import { editText } from '../changes/edit/text.ts'
import { editFile } from '../changes/edit-file.ts'
import { defineTask } from '../dsl/task.ts'
import { fileToEdit } from './file-to-edit.ts'
import { editParams, pattern, place, placeOf } from './params.ts'

const params = z
  .strictObject({
    ...editParams,
    line: z
      .string()
      .regex(/^[^\n\r\0]*$/, 'must be one line')
      .optional()
      .describe('The whole line'),
    match: pattern.optional().describe('The last line that matches becomes `line`; absent: all that match go'),
    state: z.enum(['present', 'absent']).default('present'),
    ...place,
  })
  .refine(p => p.line !== undefined || (p.state === 'absent' && p.match), 'give line (or, when absent, match)')
  .refine(p => !(p.after && p.before), 'give after or before, not both')

/**
 * One line of a text file is there, or is not. The rest of the file stays byte for byte, line ends and a missing last one
 * included. A line that is to be absent, in a file that is absent, is absent.
 */
export const line = defineTask({
  name: 'line',
  params,
  title: p => (p.state === 'absent' ? `line not in ${p.path}` : `line in ${p.path}`),
  async plan(p, facts) {
    const [now, has] = await fileToEdit(facts, p)
    if (p.state === 'absent' && now.type === 'absent') return []
    const words = [p.line, p.match?.source, p.after, p.before].map(String)
    return editFile(p, now, has, before => ({
      bytes: editText(p.path, before, words, text =>
        p.state === 'absent'
          ? removeLines(text, p.match ?? p.line ?? '')
          : ensureLine(text, p.line ?? '', placeOf(p), p.match),
      ),
    }))
  },
})
