import test from 'ava'
import { installed } from '../../lib/facts/packages.ts'
import { localRun } from '../helpers/local-run.ts'
import { output } from '../helpers/output.ts'

const kind = installed('bash').kind

test('removed with its configuration left, unpacked only, and to be installed again are not installed', t => {
  // Captured on Debian 12: the second word of the status tells what is there.
  const text =
    'bash\tii \t5.2.15-2+b8\nvim\trc \t2:9.0\nnginx\tiU \t1.22\nheld\thi \t1.0\nodd\tiiR\t1\nvirtual\tun \t\n'
  t.deepEqual(
    kind.parse(output(text, { stderr: 'dpkg-query: no packages found matching nosuch\n' }), [
      'bash',
      'vim',
      'nginx',
      'held',
      'odd',
      'virtual',
      'nosuch',
    ]),
    [
      { installed: true, version: '5.2.15-2+b8' },
      { installed: false },
      { installed: false },
      { installed: true, version: '1.0' },
      { installed: false },
      { installed: false },
      { installed: false },
    ],
  )
})

test('a package of two architectures is there when one of them is', t => {
  t.deepEqual(kind.parse(output('libc6\tii \t2.36\nlibc6\trc \t2.36\n'), ['libc6']), [
    { installed: true, version: '2.36' },
  ])
})

test('a broken database is an error, not "not installed"', t => {
  const stderr = "dpkg-query: error: parsing file '/var/lib/dpkg/status' near line 3"
  t.throws(() => kind.parse(output('', { code: 2, stderr }), ['bash']), { message: /parsing file/ })
  t.throws(() => kind.parse(output('', { stderr }), ['bash']), { message: /parsing file/ })
})

for (const shell of ['dash', 'bash'])
  test(`this machine, ${shell}`, async t => {
    const names = ['dpkg', 'no-such-package-at-all']
    const [dpkg, nosuch] = kind.parse(await localRun(kind.ask(names), [shell]), names)
    t.like(dpkg, { installed: true })
    t.deepEqual(nosuch, { installed: false })
  })
