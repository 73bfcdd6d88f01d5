import { z } from 'zod'
import { play, playbook } from '#dsl'

/** Connects to every host and does nothing there: whether login works, with the vars of any inventory. */
export default playbook({
  name: 'ping',
  groups: ['all'],
  vars: z.object({}),
  plays: () => [play('Connect', { hosts: 'all' }, [])],
})
