// Checked by tsc, never run: what must not compile does not.

import { block, play } from '#dsl'
import { sh } from '#lib/command'
import { command } from '#tasks/command'
import { runCommand } from '#tasks/run-command'

const argv: [string] = ['true']
const look = runCommand({ argv })

export const sound = play('sound', { hosts: 'g', serial: [1, '25%'], become: 'postgres' }, [
  look,
  runCommand({ argv, failedWhen: ({ code, stdout }) => code > 1 || stdout === '', changedWhen: () => false }),
  command({ argv, creates: '/x', failedWhen: ({ stderr }) => stderr !== '' }),
  runCommand({ argv, when: facts => facts.value(look.value).code === 0 }),
  runCommand({ argv, when: async facts => facts.value(look.value).stdout.startsWith('x') }),
  runCommand({
    argv,
    retries: { attempts: 3, delaySeconds: 1, until: ({ stdout, code }) => code === 0 && stdout !== '' },
  }),
  runCommand({ argv, runOnce: 'run', delegateTo: 'h2', become: false, deadlineSeconds: 0.5, ignoreFailure: true }),
  block({ items: [look], always: [look] }),
])

// @ts-expect-error `run` or `batch`: how often is a question that must be answered
runCommand({ argv, runOnce: 'always' })
// @ts-expect-error see above
runCommand({ argv, runOnce: true })
// @ts-expect-error no pause is said as 0
runCommand({ argv, retries: { attempts: 3 } })
// @ts-expect-error how often must be said
runCommand({ argv, retries: { delaySeconds: 1 } })
// @ts-expect-error until looks at what was printed at once, and cannot wait
runCommand({ argv, retries: { attempts: 3, delaySeconds: 1, until: async () => true } })
// @ts-expect-error a condition on output is no promise
runCommand({ argv, failedWhen: async () => true })
// @ts-expect-error nor a text that a template would have been
runCommand({ argv, changedWhen: 'rc == 0' })
// @ts-expect-error see above
runCommand({ argv, when: 'ansible_os_family == "Debian"' })
// @ts-expect-error a condition answers true or false, also when it forgets to
runCommand({ argv, when: () => undefined })
// @ts-expect-error a number, and not a text of one
runCommand({ argv, deadlineSeconds: '60' })
// @ts-expect-error one name
runCommand({ argv, delegateTo: ['a', 'b'] })
// @ts-expect-error a handler is a task, not its name
runCommand({ argv, notify: 'reload' })
// @ts-expect-error the value is what the action hands on: there is no such field
runCommand({ argv, when: facts => facts.value(look.value).rc === 0 })
// @ts-expect-error neither does Ansible's name exist
runCommand({ argv, failed_when: () => true })
// @ts-expect-error conditions are those of commands that the playbook writes
command({ script: sh`true`, unless: { script: sh`true` }, untilDone: () => true })

// @ts-expect-error a percentage says so
play('p', { hosts: 'g', serial: '10' }, [])
// @ts-expect-error see above
play('p', { hosts: 'g', serial: [1, 'all'] }, [])
// @ts-expect-error a flush is a call: flushHandlers()
play('p', { hosts: 'g' }, ['flush'])
// @ts-expect-error a block has items
block({ rescue: [look] })
