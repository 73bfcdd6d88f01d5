import { readFile, stat } from 'node:fs/promises'
import test from 'ava'
import { content } from '../../lib/facts/content.ts'
import { type PathState, path } from '../../lib/facts/path.ts'
import { knownHost } from '../../lib/tasks/known-host.ts'
import { applied, planned, shells } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { key1, key2 } from '../helpers/keys.ts'
import { me } from '../helpers/me.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'
import { userWithHome } from '../helpers/user-with-home.ts'

const root = { type: 'directory', mode: '0755', owner: 'root', group: 'root' } as const
const file = { ...root, type: 'file', mode: '0644' } as const
const at = '/etc/ssh/ssh_known_hosts'
const facts = (text?: string) => {
  const now: PathState = text === undefined ? { type: 'absent' } : file
  return fakeFacts([
    answer(path('/etc/ssh'), root),
    answer(path(at), now),
    answer(content(at), { size: text?.length, bytes: text === undefined ? undefined : Buffer.from(text) }),
  ])
}
const task = knownHost({ host: 'node1', key: `${key1} comment` })

const cases = [
  { title: 'no file', text: undefined, task, changes: [`create ${at}`] },
  { title: 'known', text: `node1 ${key1}\n`, task, changes: [] },
  { title: 'not known', text: `node2 ${key1}\n`, task, changes: [`edit ${at}`] },
  {
    title: 'known at another port',
    text: `node1 ${key1}\n`,
    task: knownHost({ host: 'node1', port: 2222, key: key1 }),
    changes: [`edit ${at}`],
  },
  {
    title: 'changed, and told',
    text: `node1 ${key2}\n`,
    task: knownHost({ host: 'node1', key: key1, replace: true }),
    changes: [`edit ${at}`],
  },
  {
    title: 'to be forgotten',
    text: `node1 ${key2}\n`,
    task: knownHost({ host: 'node1', state: 'absent' }),
    changes: [`edit ${at}`],
  },
  { title: 'forgotten', text: undefined, task: knownHost({ host: 'node1', state: 'absent' }), changes: [] },
]
for (const { title, text, task, changes } of cases)
  test(title, async t => {
    await planned(t, task, facts(text), changes)
  })

test('a changed key is refused', async t => {
  await t.throwsAsync(task.plan(facts(`node1 ${key2}\n`)), { name: 'Refusal' })
})

test('params say what is wrong', t => {
  t.throws(() => knownHost({ host: 'node1' }), { message: /give key/ })
  for (const host of ['*.example', 'a,b', '|1|x', '[x]:1', ''])
    t.throws(() => knownHost({ host, key: key1 }), { message: /host: must be/ })
})

for (const shell of shells)
  test(`real files, ${shell}`, async t => {
    const file = `${await tempDirectory(t)}/known hosts`
    const task = (replace: boolean, key: string) => knownHost({ host: 'node1', key, path: file, replace })
    if (me.owner === 'root') {
      await applied(t, task(false, key1), shell)
      await applied(t, task(true, key2), shell)
      t.is(await readFile(file, 'utf8'), `node1 ${key2}\n`)
      t.is((await stat(file)).mode & 0o7777, 0o644)
    }
    const { name, home, facts } = await userWithHome(t, shell)
    await applied(t, knownHost({ host: 'node1', key: key1, user: name }), shell, facts)
    t.is(await readFile(`${home}/.ssh/known_hosts`, 'utf8'), `node1 ${key1}\n`)
    await applied(t, knownHost({ host: 'node1', state: 'absent', user: name }), shell, facts)
  })
