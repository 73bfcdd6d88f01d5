import { z } from 'zod'
import { ensureBlock } from '../changes/edit/block.ts'
import { editText } from '../changes/edit/text.ts'
import { editFile } from '../changes/edit-file.ts'
import { defineTask } from '../dsl/task.ts'
import { fileToEdit } from './file-to-edit.ts'
import { editParams, place, placeOf } from './params.ts'

const oneLine = z.string().regex(/^[^\n\r\0]+$/, 'must be one line')

const params = z
  .strictObject({
    ...editParams,
    name: oneLine.describe('Tells the block from others in the same file'),
    content: z
      .string()
      .regex(/^[^\r\0]*$/, 'must not hold carriage returns or NUL')
      .default('')
      .describe('Its lines'),
    marker: oneLine
      .default('# {mark} {name}')
      .refine(m => m.includes('{mark}'), 'must have {mark}, which becomes BEGIN and END')
      .describe('The lines around the block; must be a comment in the format of the file'),
    state: z.enum(['present', 'absent']).default('present'),
    ...place,
  })
  .refine(p => !(p.after && p.before), 'give after or before, not both')
  .transform(({ marker, ...p }) => {
    const mark = (word: string) => marker.replaceAll('{mark}', () => word).replaceAll('{name}', () => p.name)
    return { ...p, markers: { begin: mark('BEGIN'), end: mark('END') } }
  })
  .refine(
    p => !p.content.split('\n').some(l => l === p.markers.begin || l === p.markers.end),
    'content must not hold a line that is one of the markers',
  )

/**
 * A block of lines between two marker lines has this content, or is not there with its markers. A block that is there stays
 * at its place; `after` and `before` count for a new one. The rest of the file stays byte for byte.
 */
export const block = defineTask({
  name: 'block',
  params,
  title: p => `block "${p.name}" ${p.state === 'absent' ? 'not ' : ''}in ${p.path}`,
  async plan(p, facts) {
    const [now, has] = await fileToEdit(facts, p)
    if (p.state === 'absent' && now.type === 'absent') return []
    const lines = p.content === '' ? [] : p.content.replace(/\n$/, '').split('\n')
    const words = [p.content, p.markers.begin, String(p.after), String(p.before)]
    return editFile(p, now, has, before => ({
      bytes: editText(p.path, before, words, text =>
        ensureBlock(p.path, text, p.markers, p.state === 'absent' ? undefined : lines, placeOf(p)),
      ),
    }))
  },
})
