import test, { type ExecutionContext } from 'ava'
import { z } from 'zod'
import { block, type Item } from '../../lib/dsl/item.ts'
import { play, playbook } from '../../lib/dsl/playbook.ts'
import { defineTask } from '../../lib/dsl/task.ts'
import { build } from '../../lib/engine/build.ts'
import type { Selection } from '../../lib/engine/select.ts'
import { hostNamed } from '../helpers/play-here.ts'
import { said } from '../inventory/project.ts'

const step = defineTask({
  name: 'step',
  params: z.strictObject({ of: z.string() }),
  title: ({ of }) => of,
  plan: () => [],
})
const task = (of: string, ...tags: string[]) => step({ of, ...(tags.length && { tags }) })

/** `h1: a b{c | rescue | always}`, a line a host and play. */
const shown = (items: readonly Item[]): string =>
  items
    .map(item => {
      if ('title' in item) return item.title
      if (!('items' in item)) return 'flush'
      return `{${[item.items, item.rescue, item.always].map(shown).join(' | ')}}`
    })
    .join(' ')

type Plays = readonly (readonly [
  name: string,
  tags: readonly string[],
  items: readonly Item[] | ((host: string) => readonly Item[]),
])[]

const bookOf = (plays: Plays) =>
  playbook({
    name: 'test',
    groups: ['g', 'h1', 'h2'] as string[],
    vars: z.unknown(),
    plays: () =>
      plays.map(([name, tags, items]) =>
        play(name, { hosts: 'g', tags }, ({ host }) => (typeof items === 'function' ? items(host.name) : items)),
      ),
  })

const hosts = ['h1', 'h2'].map(hostNamed)

const chosen = (plays: Plays, selection: Selection, limit = ['h1']): readonly string[] =>
  build(bookOf(plays), hosts, new Set(limit), selection).flatMap(({ play: { name }, hosts: members }) =>
    members.map(({ host, items }) => `${name} ${host.name}: ${shown(items)}`),
  )

const tagged: Plays = [
  ['one', [], [task('plain'), task('web', 'web'), task('both', 'web', 'db'), task('first', 'always')]],
  ['two', ['db'], [task('inherits'), task('rare', 'never'), task('rare web', 'never', 'web')]],
]

const filters: readonly (readonly [string, Selection, readonly string[]])[] = [
  ['nothing asked: all but never', {}, ['one h1: plain web both first', 'two h1: inherits']],
  ['all says the same', { tags: ['all'] }, ['one h1: plain web both first', 'two h1: inherits']],
  ['a tag, and what is always', { tags: ['web'] }, ['one h1: web both first', 'two h1: rare web']],
  [
    'the tag of a play is that of its tasks',
    { tags: ['db'] },
    ['one h1: both first', 'two h1: inherits rare rare web'],
  ],
  ['two tags', { tags: ['web', 'db'] }, ['one h1: web both first', 'two h1: inherits rare rare web']],
  ['never by its name', { tags: ['never'] }, ['one h1: first', 'two h1: rare rare web']],
  ['tagged', { tags: ['tagged'] }, ['one h1: web both first', 'two h1: inherits']],
  ['untagged', { tags: ['untagged'] }, ['one h1: plain first']],
  ['skipped wins', { tags: ['web'], skipTags: ['db'] }, ['one h1: web first']],
  ['always can be skipped by name only', { skipTags: ['always', 'tagged'] }, ['one h1: plain']],
  ['all can be skipped, but for always', { skipTags: ['all'] }, ['one h1: first']],
  ['untagged can be skipped', { skipTags: ['untagged', 'db'] }, ['one h1: web first']],
]

for (const [title, selection, expected] of filters)
  test(`tags: ${title}`, t => t.deepEqual(chosen(tagged, selection), expected))

const wrong = (t: ExecutionContext, plays: Plays, selection: Selection, limit?: readonly string[]) =>
  said(t, () => chosen(plays, selection, limit && [...limit]))

test('a misspelt tag is an error, also one that was to be skipped', async t => {
  t.deepEqual(await wrong(t, tagged, { tags: ['wbe'], skipTags: ['bd', 'zzzzzz'] }), [
    '--tags wbe: no task has this tag | Did you mean web?',
    '--skip-tags bd: no task has this tag | Did you mean db?',
    '--skip-tags zzzzzz: no task has this tag | There are: web, db, always, never',
  ])
})

test('what leaves nothing is an error', async t => {
  const hint =
    'See --list-tasks, and which tags they have. Tasks that are tagged never run only with -t and a tag of theirs.'
  t.deepEqual(await wrong(t, [['p', [], [task('a', 'x')]]], { tags: ['x'], skipTags: ['x'] }), [
    `--tags x --skip-tags x leaves no task | ${hint}`,
  ])
  t.deepEqual(await wrong(t, [['p', [], [task('a', 'never')]]], {}), [
    `every task is tagged never, and none is asked for | ${hint}`,
  ])
})

const perHost: Plays = [
  ['p', [], host => (host === 'h1' ? [task('a', 'x')] : [task('b', 'y'), task('c', 'x')])],
  ['q', [], [task('d', 'z')]],
]

test('a tag that only hosts outside the limit have may be skipped, and asked for beside another', async t => {
  t.deepEqual(chosen(perHost, { skipTags: ['y'] }), ['p h1: a', 'q h1: d'])
  t.deepEqual(chosen(perHost, { tags: ['y', 'z'] }), ['q h1: d'])
  t.regex((await wrong(t, perHost, { tags: ['y'] }))[0] ?? '', /^--tags y leaves no task/)
})

test('a host without a task is not in the play; a play that was empty before stays', t => {
  t.deepEqual(chosen(perHost, { tags: ['y'] }, ['h1', 'h2']), ['p h2: b'])
  t.deepEqual(chosen([['empty', [], []]], {}), ['empty h1: '])
})

const tried: Plays = [
  [
    'p',
    [],
    [
      task('before', 'x'),
      block({
        items: [task('try', 'web'), task('try too')],
        rescue: [task('repair'), task('page', 'page')],
        always: [task('clean', 'web', 'late'), task('log', 'late')],
      }),
      task('after'),
    ],
  ],
]

test('rescue and always go with what is tried', t => {
  t.deepEqual(chosen(tried, { tags: ['web'] }), ['p h1: {try | repair page | clean log}'])
  t.deepEqual(chosen(tried, { tags: ['web'], skipTags: ['page'] }), ['p h1: {try | repair | clean log}'])
  t.deepEqual(chosen(tried, { tags: ['late'] }), ['p h1: clean log'])
  t.deepEqual(chosen(tried, { tags: ['x'] }), ['p h1: before'])
})

const lists: Plays = [
  ['one', [], host => [task('install'), task(`dir ${host}`), task('file /etc/a')]],
  [
    'two',
    [],
    [task('file /etc/a'), task('file /etc/b', 'b'), block({ items: [task('in'), task('out')], always: [task('end')] })],
  ],
]

const starts: readonly (readonly [string, readonly string[]])[] = [
  ['file /etc/a', ['one h1: file /etc/a', 'two h1: file /etc/a file /etc/b {in out |  | end}']],
  ['inst', ['one h1: install dir h1 file /etc/a', 'two h1: file /etc/a file /etc/b {in out |  | end}']],
  ['*/b', ['two h1: file /etc/b {in out |  | end}']],
  ['out', ['two h1: {out |  | end}']],
]

for (const [title, expected] of starts)
  test(`start at ${title}`, t => t.deepEqual(chosen(lists, { startAt: title }), expected))

test('start at a task that each host calls differently', t => {
  t.deepEqual(chosen(lists, { startAt: 'dir *' }, ['h1', 'h2']).slice(0, 2), [
    'one h1: dir h1 file /etc/a',
    'one h2: dir h2 file /etc/a',
  ])
})

test('start at, and tags', t => {
  t.deepEqual(chosen(lists, { startAt: 'dir', tags: ['b'] }), ['two h1: file /etc/b'])
})

const unclear: readonly (readonly [string, string])[] = [
  ['file /etc/c', '--start-at "file /etc/c": no task has this title | Did you mean: file /etc/a; file /etc/b?'],
  ['/etc/b', '--start-at "/etc/b": no task has this title | Did you mean: file /etc/b?'],
  ['zebra', '--start-at "zebra": no task has this title | See --list-tasks.'],
  ['file', '--start-at "file" could be: file /etc/a; file /etc/b | Give the whole title.'],
  ['*n*', '--start-at "*n*" could be: install; in | Give the whole title.'],
]

for (const [title, says] of unclear)
  test(`start at nothing certain: ${title}`, async t => t.deepEqual(await wrong(t, lists, { startAt: title }), [says]))

test('start at: a host of the play that lacks the task', async t => {
  t.deepEqual(await wrong(t, lists, { startAt: 'dir h1' }, ['h1', 'h2']), [
    '--start-at "dir h1": in the play "one", h2 has no such task | Leave that host out with --limit, or begin at a task that all hosts of the play have.',
  ])
})
