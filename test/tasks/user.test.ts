import test from 'ava'
import { group } from '../../lib/facts/group.ts'
import { type UserState, user as userFact } from '../../lib/facts/user.ts'
import { user } from '../../lib/tasks/user.ts'
import { planned } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'

const art: UserState & { exists: true } = {
  exists: true,
  uid: 1030,
  gid: 1030,
  group: 'art',
  groups: ['backup'],
  home: '/var/opt/art',
  shell: '/bin/bash',
}
const there = { exists: true, gid: 1 } as const
const factsWith = (now: UserState, groups: readonly string[] = []) =>
  fakeFacts([
    answer(userFact('art'), now),
    ...['art', 'backup', 'ssl-cert'].map(name =>
      answer(group(name), groups.includes(name) ? there : { exists: false as const }),
    ),
  ])

type Params = Parameters<typeof user>[0]
const cases: readonly {
  readonly title: string
  readonly now: UserState
  readonly groups?: readonly string[]
  readonly params: Omit<Params, 'name'>
  /** The arguments of the program, or none: no change. */
  readonly args?: string
}[] = [
  {
    title: 'absent: created with a group of its own and a home',
    now: { exists: false },
    params: { uid: 1030, home: '/var/opt/art', shell: '/bin/bash' },
    args: '--uid 1030 --user-group --home-dir /var/opt/art --create-home --shell /bin/bash -- art',
  },
  {
    title: 'absent, its group is there: created in it',
    now: { exists: false },
    groups: ['art'],
    params: {},
    args: '--gid art --home-dir /home/art --create-home --shell /bin/sh -- art',
  },
  {
    title: 'absent, a system user in further groups',
    now: { exists: false },
    groups: ['backup', 'ssl-cert'],
    params: { system: true, groups: ['ssl-cert', 'backup', 'ssl-cert'] },
    args: '--system --user-group --groups backup,ssl-cert --home-dir /home/art --no-create-home --shell /usr/sbin/nologin -- art',
  },
  { title: 'there, nothing asked for: kept', now: art, groups: ['art'], params: {} },
  {
    title: 'there, as desired',
    now: art,
    groups: ['backup'],
    params: { uid: 1030, groups: ['backup'], shell: '/bin/bash' },
  },
  { title: 'another shell', now: art, params: { shell: '/bin/sh' }, args: '--shell /bin/sh -- art' },
  {
    title: 'one more group: those it is in are kept',
    now: art,
    groups: ['ssl-cert'],
    params: { groups: ['ssl-cert'] },
    args: '--groups backup,ssl-cert -- art',
  },
  {
    title: 'exactly these groups: the other is left',
    now: art,
    groups: ['ssl-cert'],
    params: { groups: ['ssl-cert'], exactGroups: true },
    args: '--groups ssl-cert -- art',
  },
  { title: 'exactly no group', now: art, params: { exactGroups: true }, args: '--groups  -- art' },
  {
    title: 'another primary group',
    now: art,
    groups: ['ssl-cert'],
    params: { group: 'ssl-cert' },
    args: '--gid ssl-cert -- art',
  },
  { title: 'gone, as desired', now: { exists: false }, params: { state: 'absent' } },
]

for (const { title, now, groups, params, args } of cases)
  test(title, async t => {
    const word = now.exists ? 'change' : 'create'
    const changes = await planned(
      t,
      user({ name: 'art', ...params }),
      factsWith(now, groups),
      args === undefined ? [] : [`${word} user art`],
    )
    t.is(changes[0]?.command.args?.join(' '), args)
  })

test('removed', async t => {
  await planned(t, user({ name: 'art', state: 'absent' }), factsWith(art, ['art']), ['remove user art'])
})

const refusals: readonly {
  readonly title: string
  readonly now: UserState
  readonly params: object
  readonly says: RegExp
}[] = [
  { title: 'another number', now: art, params: { uid: 1 }, says: /has the number 1030, not 1/ },
  { title: 'a group that is not there', now: art, params: { groups: ['ssl-cert'] }, says: /not there: ssl-cert/ },
  { title: 'root is not removed', now: { ...art, uid: 0 }, params: { state: 'absent' }, says: /is root/ },
]
for (const { title, now, params, says } of refusals)
  test(`refused: ${title}`, async t => {
    await t.throwsAsync(user({ name: 'art', ...params }).plan(factsWith(now)), { name: 'Refusal', message: says })
  })

test('what a new home holds is not known, what else is there is', async t => {
  const [create] = await user({ name: 'art' }).plan(factsWith({ exists: false }))
  const { path } = await import('../../lib/facts/path.ts')
  const covered = (p: string) => create?.doubts.some(d => d.covers(path(p) as never, { type: 'absent' }))
  t.deepEqual(['/home/art', '/home/art/.profile', '/home/artist', '/etc/x'].map(covered), [true, true, false, false])
})
