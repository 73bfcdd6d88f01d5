import test from 'ava'
import { sh } from '../../lib/command.ts'
import { succeeds } from '../../lib/facts/succeeds.ts'
import { localRun } from '../helpers/local-run.ts'

const probes = [
  { script: sh`true` },
  { script: sh`[ "$1" = "it's a \\$b" ] && [ $# -eq 2 ] && [ -z "$2" ]`, args: ["it's a $b", ''] },
  { script: sh`cat; echo noise; exit 3` },
  { script: sh`no-such-program-at-all` },
  { script: sh`case "$*" in 'a  b *') ;; *) exit 1 ;; esac`, args: ['a  b', '*'] },
]
const kind = succeeds(probes[0]!).kind

for (const shell of ['dash', 'bash']) {
  test(`each with its own arguments, ${shell}`, async t => {
    t.deepEqual(
      kind.parse(await localRun(kind.ask(probes), [shell]), probes),
      [true, true, false, false, true].map(yes => ({ succeeds: yes })),
    )
  })

  test(`ended by a signal is neither yes nor no, ${shell}`, async t => {
    const killed = [{ script: sh`kill -TERM $$` }]
    const output = await localRun(kind.ask(killed), [shell])
    t.throws(() => kind.parse(output, killed), { message: /by a signal/ })
  })
}

test('two scripts that look alike at the start are two questions', t => {
  const long = sh`[ -e /etc/one/two/three/four/five/six/seven/eight/nine/ten/eleven/twelve ] ||`
  t.not(succeeds({ script: sh`${long} true` }).key, succeeds({ script: sh`${long} false` }).key)
})
