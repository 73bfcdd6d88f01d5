import { play, playbook } from 'baton'
import { file } from 'baton/tasks/file'
import { z } from 'zod'
import { greeting } from '../tasks/greeting.js'

export default playbook({
  name: 'Site',
  groups: ['web'],
  vars: z.strictObject({ folder: z.string(), words: z.string().default('hello') }),
  plays: _ => [
    play('Greet', { hosts: 'web' }, ({ vars, host }) => [
      greeting({ path: vars.folder }),
      file({ path: `${vars.folder}/greeting`, content: `${vars.words} from ${host.name}\n` }),
    ]),
  ],
})
