import test from 'ava'
import { Secret } from '../../../lib/secret.ts'
import { formatPassfile, passwordIn } from '../../../lib/tasks/postgres/passfile-format.ts'

test('a password is found again, whatever is in it', t => {
  const password = new Secret('a:b\\c d')
  const text = formatPassfile([{ host: '2001:db8::1', port: 5432, database: 'replication', user: 'sync' }], password)
  t.is(text.reveal(), '2001\\:db8\\:\\:1:5432:replication:sync:a\\:b\\\\c d\n')
  t.is(passwordIn(text, 'sync')?.reveal(), 'a:b\\c d')
  t.is(passwordIn(text, 'other'), undefined)
  t.is(passwordIn(undefined, 'sync'), undefined)
})

test('a value with a line end is refused', t => {
  t.throws(
    () =>
      formatPassfile([], new Secret('x')) &&
      formatPassfile([{ host: 'a', port: 1, database: 'b', user: 'c' }], new Secret('x\ny')),
    {
      message: /line end/,
    },
  )
})
