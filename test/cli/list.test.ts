import test from 'ava'
import { z } from 'zod'
import { listHosts, listTasks } from '../../lib/cli/list.ts'
import { block, flushHandlers } from '../../lib/dsl/item.ts'
import { play, playbook } from '../../lib/dsl/playbook.ts'
import { rolling } from '../../lib/dsl/rolling.ts'
import { defineTask } from '../../lib/dsl/task.ts'
import { Secret } from '../../lib/secret.ts'
import { hostNamed } from '../helpers/play-here.ts'

test('--list-hosts obeys nothing that an inventory says to the terminal, and shows no secret', t => {
  new Secret('group-of-secrets')
  const host = {
    name: 'h1\u001b[2J',
    groups: ['web', 'group-of-secrets'],
    vars: {},
    connection: { type: 'local' },
  } as const
  t.is(listHosts([host]), 'h1\\x1b[2J  web, [secret]\n')
})

const step = defineTask({
  name: 'step',
  params: z.strictObject({ of: z.string() }),
  title: ({ of }) => `step ${of}`,
  plan: () => [],
})

const book = playbook({
  name: 'test',
  groups: ['g'],
  vars: z.unknown(),
  plays: _ => [
    play('One', { hosts: 'g', tags: ['first'] }, ({ host }) => [
      step({ of: 'a', tags: ['x', 'first'], title: 'A title of its own' }),
      ...(host.name === 'h3' ? [step({ of: 'extra', when: false })] : []),
      step({ of: 'rare', tags: ['never'] }),
      flushHandlers(),
      block({
        name: 'careful',
        items: [step({ of: 'try' })],
        rescue: [step({ of: 'repair\u001b[2J' })],
        always: [step({ of: 'clean' })],
      }),
    ]),
    play('Two', { hosts: 'g' }, [step({ of: 'b', runOnce: 'run', delegateTo: 'h3' })]),
  ],
})

const hosts = ['h1', 'h2', 'h3'].map(hostNamed)

test('--list-tasks: what would run, with tags, conditions and blocks; hosts that are alike together', t => {
  const tail = `      (notified handlers run here)
      block careful
        step try  [tags: first]
      rescue, if that fails
        step repair\\x1b[2J  [tags: first]
      always, behind it
        step clean  [tags: first]
`
  t.is(
    listTasks(book, hosts),
    `play One
  h1, h2
      A title of its own (step)  [tags: first, x]
${tail}  h3
      A title of its own (step)  [tags: first, x]
      step extra  [tags: first]  [skipped: its condition is false]
${tail}play Two
  h1, h2, h3
      step b  [once a run]  [done on h3]
`,
  )
})

test('--list-tasks with a limit, tags and a start has nothing else', t => {
  t.is(
    listTasks(book, hosts, new Set(['h2']), { tags: ['x', 'never'] }),
    'play One\n  h2\n      A title of its own (step)  [tags: first, x]\n      step rare  [tags: first, never]\n      (notified handlers run here)\n',
  )
  t.is(
    listTasks(book, hosts, new Set(['h2']), { startAt: 'step b' }),
    'play Two\n  h2\n      step b  [once a run]  [done on h3]\n',
  )
})

test('--list-tasks: a rolling play with its order, and what is done around the tasks of each node', t => {
  const play = rolling(
    'Roll',
    {
      hosts: 'g',
      order: ['h3', 'h1', 'h2'],
      batch: [1, 2],
      before: [step({ of: 'drain' })],
      gate: { checks: _ => [{ about: 'the port answers', ask: async () => true }], holdsSeconds: 5, withinSeconds: 60 },
      after: [step({ of: 'return' })],
    },
    [step({ of: 'upgrade' })],
  )
  const rollingBook = playbook({ name: 'test', groups: ['g'], vars: z.unknown(), plays: _ => [play] })
  t.is(
    listTasks(rollingBook, hosts, new Set(['h1', 'h3'])),
    `play Roll
  rolling, 1 then 2 at a time: h3, h1
  h1, h3
      before: out of rotation
        step drain
      step upgrade
      gate: for 5 s, within 60 s
        the port answers
      after: back into rotation
        step return
`,
  )
})
