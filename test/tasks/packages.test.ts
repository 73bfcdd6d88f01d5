import test from 'ava'
import { os } from '../../lib/facts/os.ts'
import { type Installed, installed } from '../../lib/facts/packages.ts'
import { path } from '../../lib/facts/path.ts'
import { packages } from '../../lib/tasks/packages.ts'
import { planned } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'

const debian = {
  id: 'debian',
  like: [],
  versionId: '13',
  versionCodename: 'trixie',
  kernel: '6',
  architecture: 'x86_64',
}
const no: Installed = { installed: false }
const factsWith = (now: Readonly<Record<string, Installed>>, system: typeof debian = debian) =>
  fakeFacts([answer(os, system), ...Object.entries(now).map(([name, state]) => answer(installed(name), state))])

test('what is missing is installed, in one go, and nothing else', async t => {
  const facts = factsWith({ rsync: no, curl: { installed: true, version: '8' }, jq: no })
  const [change] = await planned(t, packages({ names: ['rsync', 'curl', 'jq'] }), facts, ['install rsync, jq'])
  t.deepEqual(change?.command.args, ['no', 'yes', '--no-install-recommends', 'rsync', 'jq'])
})

test('all there: nothing', async t => {
  await planned(t, packages({ names: ['curl'] }), factsWith({ curl: { installed: true, version: '8' } }), [])
})

test('another version than the one named', async t => {
  const facts = factsWith({ art: { installed: true, version: '7.100' } })
  const [change] = await planned(
    t,
    packages({ names: ['art=7.104'], updateCache: false, allowDowngrade: true }),
    facts,
    ['install art 7.104'],
  )
  t.deepEqual(change?.command.args, ['no', 'no', '--no-install-recommends --allow-downgrades', 'art=7.104'])
  await planned(t, packages({ names: ['art=7.100'] }), facts, [])
})

test('a new package may create what is absent; another version may change what is there', async t => {
  const there = { type: 'file', mode: '0644', owner: 'root', group: 'root' } as const
  const doubts = async (now: Installed) => {
    const [change] = await packages({ names: ['art=2'] }).plan(factsWith({ art: now }))
    const covers = (state: unknown) => change?.doubts.some(d => d.covers(path('/x') as never, state))
    return [covers({ type: 'absent' }), covers(there)]
  }
  t.deepEqual(await doubts(no), [true, false])
  t.deepEqual(await doubts({ installed: true, version: '1' }), [true, true])
})

test('removed', async t => {
  const facts = factsWith({ rsync: { installed: true, version: '3' }, jq: no })
  const [change] = await planned(t, packages({ names: ['rsync', 'jq'], state: 'absent' }), facts, ['remove rsync'])
  t.deepEqual(change?.command.args, ['rsync'])
})

test('an operating system that is not supported is refused by name', async t => {
  const facts = factsWith({ rsync: no }, { ...debian, id: 'rocky', like: ['rhel'] as never[], versionId: '9.5' })
  await t.throwsAsync(packages({ names: ['rsync'] }).plan(facts), {
    name: 'Refusal',
    message: 'packages on rocky 9.5 are not supported',
  })
})

test('patterns, options and twins are no names', t => {
  for (const names of [['lib*'], ['-y'], ['a=1', 'a=2'], []])
    t.throws(() => packages({ names }), undefined, String(names))
  t.throws(() => packages({ names: ['a=1'], state: 'absent' }), { message: /has no version/ })
})
