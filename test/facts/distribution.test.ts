import test from 'ava'
import { distribution } from '../../lib/facts/distribution.ts'
import { localFacts } from '../helpers/local-run.ts'
import { output } from '../helpers/output.ts'

const answerOf = (text: string) => distribution.kind.parse(output(text), [null])[0]

// Debian's is captured; the others are written after the files that those distributions publish. Arch rolls: it has no version.
const debian = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian
`
const rocky =
  'NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.5"\nPRETTY_NAME="Rocky Linux 9.5"\n'
const alpine = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n'
const mint = 'NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n'
const arch = 'NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\n'

test('distributions and their families', t => {
  t.deepEqual(answerOf(debian), {
    id: 'debian',
    family: 'debian',
    name: 'Debian GNU/Linux 12 (bookworm)',
    version: '12',
    major: 12,
    codename: 'bookworm',
  })
  t.like(answerOf(rocky), { id: 'rocky', family: 'redhat', version: '9.5', major: 9, codename: undefined })
  t.like(answerOf(alpine), { family: 'alpine', version: '3.20.3', major: 3 })
  t.like(answerOf(mint), { id: 'linuxmint', family: 'debian', name: 'Linux Mint' })
  t.like(answerOf(arch), { family: 'arch', version: undefined, major: undefined })
  t.like(answerOf('ID=void\n'), { id: 'void', family: 'void', name: 'Linux' })
})

test('no os-release is an error', t => {
  t.throws(() => distribution.kind.parse(output('', { code: 1, stderr: 'cat: No such file' }), [null]), {
    message: 'cannot tell the distribution: cat: No such file',
  })
  t.throws(() => answerOf('ID=\n'), { message: /id/ })
})

for (const shell of ['dash', 'bash'])
  test(`this machine, ${shell}`, async t => t.regex((await localFacts([shell]).get(distribution)).id, /^[a-z]+$/))
