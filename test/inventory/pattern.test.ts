import test from 'ava'
import { loadInventory } from '../../lib/inventory/load.ts'
import { selectHosts } from '../../lib/inventory/pattern.ts'
import { project, said } from './project.ts'

const text = `
active:
  hosts: {db1: , web1: }
standby:
  hosts: {db2: , db3: , web2: , 2001:db8::1: }
eu:
  hosts: {db1: , db2: , db3: }
`

const right: readonly (readonly [string, readonly string[]])[] = [
  ['all', ['db1', 'web1', 'db2', 'db3', 'web2', '2001:db8::1']],
  ['db2', ['db2']],
  ['standby:&eu:!db3', ['db2']],
  ['!db3,&eu,standby', ['db2']],
  ['eu:active', ['db1', 'web1', 'db2', 'db3']],
  ['web*', ['web1', 'web2']],
  ['db?,!*3', ['db1', 'db2']],
  ['act*', ['db1', 'web1']],
  ['!standby', ['db1', 'web1']],
  ['2001:db8::1,db1', ['db1', '2001:db8::1']],
  [' db1 , db2 ', ['db1', 'db2']],
]

const wrong: readonly (readonly [string, string])[] = [
  ['standy', '--limit standy: inv.yml has no host or group standy | Did you mean standby?'],
  ['active:&ue', '--limit active:&ue: inv.yml has no host or group ue | Did you mean eu?'],
  ['x*', '--limit x*: x* matches no host and no group of inv.yml'],
  ['active:&standby', '--limit active:&standby leaves no host'],
  ['', '--limit  leaves no host'],
  ['db[1:2]', '--limit db[1:2]: db[1 is not supported | Names, * and ?, joined by : or , with & or ! before them are.'],
  ['~db.*', '--limit ~db.*: ~db.* is not supported | Names, * and ?, joined by : or , with & or ! before them are.'],
  ['@retry', '--limit @retry: @retry is not supported | Names, * and ?, joined by : or , with & or ! before them are.'],
]

for (const [pattern, hosts] of right)
  test(`${pattern} selects`, async t => {
    const inventory = await loadInventory(['inv.yml'], { cwd: await project(t, { 'inv.yml': text }) })
    t.deepEqual([...selectHosts(inventory, pattern)], hosts)
  })

for (const [pattern, message] of wrong)
  test(`${pattern || 'an empty pattern'} is refused`, async t => {
    const inventory = await loadInventory(['inv.yml'], { cwd: await project(t, { 'inv.yml': text }) })
    t.deepEqual(await said(t, () => selectHosts(inventory, pattern)), [message])
  })
