import { z } from 'zod'
import { type Change, change, claim } from '../changes/change.ts'
import { sh } from '../command.ts'
import { defineTask } from '../dsl/task.ts'
import { Refusal } from '../errors.ts'
import { group as groupFact } from '../facts/group.ts'
import { groupName } from './params.ts'

const params = z
  .strictObject({
    name: groupName,
    state: z.enum(['present', 'absent']).default('present'),
    gid: z.number().int().min(1).max(4_294_967_294).optional().describe('Left out: the next free one when new'),
    system: z.boolean().default(false).describe('When new: its number is from the range of the system'),
  })
  .refine(p => p.state === 'present' || p.gid === undefined, 'an absent group has no gid')

const create = ({ name, gid, system }: z.output<typeof params>): Change =>
  change({
    summary: `create group ${name}`,
    command: {
      script: sh`groupadd "$@"`,
      args: [...(system ? ['--system'] : []), ...(gid === undefined ? [] : ['--gid', String(gid)]), '--', name],
    },
    makes: [claim(groupFact(name), { exists: true, ...(gid !== undefined && { gid }) })],
  })

/**
 * A local group exists (with this number) or does not. A number is never changed: what the old number owns would be lost.
 * A group that is some user's primary one cannot be removed. Source: groupadd(8), groupdel(8)
 */
export const group = defineTask({
  name: 'group',
  params,
  title: p => `group ${p.name}${p.state === 'absent' ? ' absent' : ''}`,
  async plan(p, facts) {
    const now = await facts.get(groupFact(p.name))
    if (p.state === 'absent') {
      if (!now.exists) return []
      if (p.name === 'root') throw new Refusal('the group root is not removed')
      return [
        change({
          summary: `remove group ${p.name}`,
          command: { script: sh`groupdel -- "$1"`, args: [p.name] },
          makes: [claim(groupFact(p.name), { exists: false })],
        }),
      ]
    }
    if (!now.exists) return [create(p)]
    if (p.gid !== undefined && now.gid !== undefined && now.gid !== p.gid)
      throw new Refusal(`group ${p.name} has the number ${now.gid}, not ${p.gid}`, {
        hint: 'What the old number owns would be lost. Change it by hand, with the files.',
      })
    return []
  },
})
