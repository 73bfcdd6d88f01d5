import { readFile, writeFile } from 'node:fs/promises'
import test from 'ava'
import { diffClaim } from '../../lib/changes/diff.ts'
import { content } from '../../lib/facts/content.ts'
import { path } from '../../lib/facts/path.ts'
import { Secret } from '../../lib/secret.ts'
import { properties } from '../../lib/tasks/properties.ts'
import { applied, planned, shells } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { me } from '../helpers/me.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'

const there = { type: 'file', mode: '0640', owner: 'artifactory', group: 'artifactory' } as const
const facts = (text: string) =>
  fakeFacts([
    answer(path('/p'), there),
    answer(content('/p'), { size: text.length, bytes: Buffer.from(text, 'latin1') }),
  ])
const absent = fakeFacts([
  answer(path('/'), { type: 'directory', mode: '0755', owner: 'root', group: 'root' }),
  answer(path('/p'), { type: 'absent' }),
  answer(content('/p'), { size: undefined, bytes: undefined }),
])

const cases = [
  { title: 'another value', text: 'a=1\n', task: properties({ path: '/p', set: { a: 2 } }), changes: ['edit /p'] },
  { title: 'as desired', text: 'a : 2\n', task: properties({ path: '/p', set: { a: 2 } }), changes: [] },
  { title: 'a key to remove', text: 'a=1\n', task: properties({ path: '/p', remove: ['a'] }), changes: ['edit /p'] },
  { title: 'a removed key', text: 'b=1\n', task: properties({ path: '/p', remove: ['a'] }), changes: [] },
  {
    title: 'only the mode',
    text: 'a=1\n',
    task: properties({ path: '/p', set: { a: 1 }, mode: '0600' }),
    changes: ['set owner and mode of /p'],
  },
]
for (const { title, text, task, changes } of cases)
  test(title, t => planned(t, task, facts(text), changes).then(() => {}))

test('a missing file is refused, or made when told so', async t => {
  await t.throwsAsync(properties({ path: '/p', set: { a: 1 } }).plan(absent), { name: 'Refusal' })
  await planned(t, properties({ path: '/p', set: { a: 1 }, create: true }), absent, ['create /p'])
  await planned(t, properties({ path: '/p', remove: ['a'] }), absent, [])
})

test('the diff is by keys, and only of those that the task names', async t => {
  const [change] = await properties({ path: '/p', set: { a: 'x' }, remove: ['b'] }).plan(facts('a=1\nb=2\nc=3\n'))
  const [shown] = change!.makes.flatMap(c => (c.fact.kind.kind === 'content' ? (c.shown ?? []) : []))
  t.deepEqual(
    change!.makes
      .flatMap(c => diffClaim(c, c.fact.kind.kind === 'path' ? c.answer : undefined) ?? [])
      .filter(d => d.fact.startsWith('content')),
    [
      {
        fact: 'content /p',
        attributes: [
          { name: 'a', before: '1', after: 'x' },
          { name: 'b', before: '2' },
        ],
        texts: [],
      },
    ],
  )
  t.deepEqual(shown, { before: { a: '1', b: '2' }, after: { a: 'x', b: undefined } } as never)
})

test('a secret is in no part of the change that can be printed, and neither is what it replaces', async t => {
  const task = properties({ path: '/p', set: { password: new Secret('hunter:2:hunter'), url: 'u' } })
  const [change] = await task.plan(facts('password=oldpassword\nurl=v\n'))
  const printed = JSON.stringify(change) + JSON.stringify(change!.makes)
  for (const word of ['hunter', 'oldpassword', Buffer.from('hunter').toString('base64')])
    t.false(printed.includes(word))
  t.true(printed.includes('[secret, another one]'))
  t.is(
    change!.makes.find(c => c.fact.key === 'content /p'),
    undefined,
  )
})

for (const shell of shells)
  test(`a real file, ${shell}`, async t => {
    const file = `${await tempDirectory(t)}/it's $HOME.properties`
    await writeFile(file, Buffer.from('# caf\xe9\r\nurl : a\\\r\n  b\r\nuser=x\r\nuser=y\r\n', 'latin1'), {
      mode: 0o640,
    })
    const task = properties({ path: file, set: { user: 'z', url: 'jdbc:é', new: 1, token: new Secret('se=cret!') } })
    await applied(t, task, shell)
    t.is(
      (await readFile(file)).toString('latin1'),
      '# caf\xe9\r\nurl : jdbc:\\u00e9\r\nuser=z\r\nuser=z\r\nnew=1\r\ntoken=se=cret!\r\n',
    )
    await applied(t, properties({ path: file, remove: ['user', 'url', 'token'] }), shell)
    t.is((await readFile(file)).toString('latin1'), '# caf\xe9\r\nnew=1\r\n')
    await applied(t, properties({ path: `${file}.new`, set: { a: 1 }, create: true, ...me }), shell)
  })

test('params say what is wrong', t => {
  t.throws(() => properties({ path: '/p' }), { message: /give set or remove/ })
  t.throws(() => properties({ path: '/p', set: { a: 1 }, remove: ['a'] }), { message: /both set and removed/ })
})
