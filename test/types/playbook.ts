// Checked by tsc, never run: what must not compile does not.

import { z } from 'zod'
import { play, playbook } from '#dsl'

const vars = z.strictObject({ dataDirectory: z.string() })

export const sound = playbook({
  name: 'sound',
  groups: ['active', 'standby'],
  vars,
  plays: ({ only }) => [
    play('one', { hosts: 'active' }, []),
    play('both', { hosts: ['active', 'standby'] }, ({ vars }) =>
      vars.dataDirectory === only('active').name ? [] : [],
    ),
  ],
})

playbook({
  name: 'misspelt group',
  groups: ['active', 'standby'],
  vars,
  // @ts-expect-error 'standy' is not one of the groups
  plays: () => [play('one', { hosts: 'standy' }, [])],
})

playbook({
  name: 'misspelt var',
  groups: ['active'],
  vars,
  // @ts-expect-error there is no var dataDirektory
  plays: () => [play('one', { hosts: 'active' }, ({ vars }) => (vars.dataDirektory ? [] : []))],
})
