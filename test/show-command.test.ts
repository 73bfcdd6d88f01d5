import test from 'ava'
import { programCommand } from '../lib/changes/run-program.ts'
import { sh } from '../lib/command.ts'
import { reportError } from '../lib/engine/report-error.ts'
import { DeadlineError } from '../lib/errors.ts'
import { fence } from '../lib/lease/fence.ts'
import { showCommand } from '../lib/show-command.ts'

const limits = { timeoutSeconds: 10 }
const fenced = (command: Parameters<typeof fence>[0]) => fence(command, { directory: '/d', run: 'r', counter: 1 })

test('a program is shown as it was given, whatever was put around it', t => {
  const argv = programCommand({ argv: ['grep', '-q', "it's here", '/etc/motd'], ...limits })
  t.is(showCommand(argv), `grep -q 'it'\\''s here' /etc/motd`)
  t.is(showCommand(fenced(fenced(argv))), showCommand(argv))
  const script = programCommand({ script: sh`echo "$1"; exit 3`, args: ['a b'], ...limits })
  t.is(showCommand(fenced(script)), `sh -c 'echo "$1"; exit 3' sh 'a b'`)
})

test('past its deadline the message says so, and the command stands beside it', t => {
  t.deepEqual(reportError(new DeadlineError('sleep 100', 1000)), {
    kind: 'failed',
    message: 'still running after 1 s, and was ended',
    command: 'sleep 100',
  })
})
