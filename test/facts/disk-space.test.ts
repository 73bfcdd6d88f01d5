import { statfsSync } from 'node:fs'
import test from 'ava'
import { type DiskSpace, diskSpace } from '../../lib/facts/disk-space.ts'
import { localRun } from '../helpers/local-run.ts'
import { output } from '../helpers/output.ts'

const kind = diskSpace('/').kind

test('devices and mount points may hold blanks; no percentage is fine', t => {
  // Captured on Debian 12; the second and third made up after a CIFS mount.
  const text = `Filesystem     Type  1024-blocks     Used Available Capacity Mounted on
/dev/vda       ext4    264212084 23683824  82707088      23% /
//nas/my share cifs         1000      100       900      10% /mnt/my share
proc           proc            0        0         0        - /proc
`
  t.deepEqual(kind.parse(output(text), ['/etc', '/mnt/my share/x', '/proc']), [
    {
      availableBytes: 82707088 * 1024,
      totalBytes: 264212084 * 1024,
      mountPoint: '/',
      device: '/dev/vda',
      fsType: 'ext4',
    },
    {
      availableBytes: 900 * 1024,
      totalBytes: 1000 * 1024,
      mountPoint: '/mnt/my share',
      device: '//nas/my share',
      fsType: 'cifs',
    },
    { availableBytes: 0, totalBytes: 0, mountPoint: '/proc', device: 'proc', fsType: 'proc' },
  ])
})

test('a row too few is an error', t => {
  t.throws(() => kind.parse(output('Filesystem\n'), ['/']), { message: /0 rows for 1/ })
  t.throws(() => kind.parse(output('', { code: 1, stderr: 'df: /x: Stale file handle' }), ['/']), { message: /Stale/ })
})

for (const shell of ['dash', 'bash'])
  test(`the nearest parent that exists answers, ${shell}`, async t => {
    const paths = ['/proc/1', '/', '/no/such directory/at all', '/nothing']
    const answers = kind.parse(await localRun(kind.ask(paths), [shell]), paths) as readonly DiskSpace[]
    t.deepEqual(
      answers.map(a => a.mountPoint),
      ['/proc', '/', '/', '/'],
    )
    const { blocks, bsize } = statfsSync('/')
    t.like(answers[1], { totalBytes: blocks * bsize })
  })
