import test from 'ava'
import { escapedMountPath, parseMountinfo } from '../../lib/facts/mountinfo.ts'

test('reads what the kernel writes', t => {
  const lines = [
    '36 35 98:0 / /srv/a\\040b\\134c rw,noatime shared:1 master:2 - ext4 /dev/sda1 rw,errors=continue',
    '37 35 0:5 /sub /b ro,nosuid - nfs4 h:/x rw,vers=4.1',
    '38 35 0:6 / /c rw - ext4 /dev/sdb ro',
    '',
  ]
  t.deepEqual(parseMountinfo(Buffer.from(lines.join('\n'))), [
    { at: '/srv/a b\\c', root: '/', type: 'ext4', source: '/dev/sda1', options: ['rw', 'noatime', 'errors=continue'] },
    { at: '/b', root: '/sub', type: 'nfs4', source: 'h:/x', options: ['ro', 'nosuid', 'vers=4.1'] },
    { at: '/c', root: '/', type: 'ext4', source: '/dev/sdb', options: ['ro'] },
  ])
  t.is(escapedMountPath('/srv/a b\\c'), '/srv/a\\040b\\134c')
})

test('a line that is none is an error, not nothing mounted', t => {
  t.throws(() => parseMountinfo(Buffer.from('36 35 98:0 / /x rw\n')), { name: 'FactError' })
})
