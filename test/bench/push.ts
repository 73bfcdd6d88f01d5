import { z } from 'zod'
import { play, playbook } from '#dsl'
import { file } from '#tasks/file'

/** One large file, written atomically: beside its place, flushed, renamed, read back. */
export default playbook({
  name: 'A large file',
  groups: ['bench'],
  vars: z.strictObject({ source: z.string() }),
  plays: _ => [
    play('Push', { hosts: 'bench', become: true }, ({ vars }) => [
      file({ path: '/var/tmp/large', source: vars.source, mode: '0644', owner: 'root', group: 'root' }),
    ]),
  ],
})
