import test from 'ava'
import { near, suggest } from '../../lib/inventory/near.ts'

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['standy', ['active', 'standby'], ['standby']],
  ['prot', ['port', 'path'], ['port']],
  ['data_dir', ['dataDir', 'data-dir'], ['data-dir']],
  ['db4', ['db1', 'db2', 'web1'], ['db1', 'db2']],
  ['zebra', ['port'], []],
  ['port', ['port'], []],
]

for (const [name, candidates, expected] of cases)
  test(`${name} among ${candidates.join(', ')}`, t => t.deepEqual(near(name, candidates), expected))

test('without a near one, what there is', t => {
  t.deepEqual(suggest('x', ['one', 'two']), { hint: 'There are: one, two' })
  t.deepEqual(suggest('x', ['one']), { hint: 'There is: one' })
  t.deepEqual(suggest('x', []), {})
})
