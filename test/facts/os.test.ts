import test from 'ava'
import { os } from '../../lib/facts/os.ts'
import { localFacts } from '../helpers/local-run.ts'
import { output } from '../helpers/output.ts'

// Captured on Debian 12 and on Rocky Linux 9, shortened.
const debian = `6.1.0-28-amd64 x86_64
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian
`
const rocky = `5.14.0-503.el9.aarch64 aarch64
NAME="Rocky Linux"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.5"
`

test('quotes are read', t => {
  t.deepEqual(os.kind.parse(output(debian), [null]), [
    {
      id: 'debian',
      like: [],
      versionId: '12',
      versionCodename: 'bookworm',
      kernel: '6.1.0-28-amd64',
      architecture: 'x86_64',
    },
  ])
  t.like(os.kind.parse(output(rocky), [null])[0], { id: 'rocky', like: ['rhel', 'centos', 'fedora'] })
})

test('nothing in the file is evaluated', t => {
  const [answer] = os.kind.parse(output(`1 x\nID="$(id)"\nVERSION_ID='\`id\`'\n`), [null])
  t.like(answer, { id: '$(id)', versionId: '`id`' })
})

test('no os-release is an error', t => {
  t.throws(() => os.kind.parse(output('', { code: 1, stderr: 'cat: No such file' }), [null]), {
    message: /No such file/,
  })
})

for (const shell of ['dash', 'bash'])
  test(`this machine, ${shell}`, async t => {
    const { kernel, architecture, id } = await localFacts([shell]).get(os)
    t.regex(kernel, /^\d/)
    t.regex(architecture, /^\w+$/)
    t.regex(id, /^[a-z]+$/)
  })
