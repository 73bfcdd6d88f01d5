import test from 'ava'
import { listHosts } from '../../lib/cli/list.ts'
import { Secret } from '../../lib/secret.ts'

test('--list-hosts obeys nothing that an inventory says to the terminal, and shows no secret', t => {
  new Secret('group-of-secrets')
  const host = {
    name: 'h1\u001b[2J',
    groups: ['web', 'group-of-secrets'],
    vars: {},
    connection: { type: 'local' },
  } as const
  t.is(listHosts([host]), 'h1\\x1b[2J  web, [secret]\n')
})
