import { readFile, writeFile } from 'node:fs/promises'
import test from 'ava'
import { content } from '../../lib/facts/content.ts'
import { path } from '../../lib/facts/path.ts'
import { block } from '../../lib/tasks/block.ts'
import { applied, planned, shells } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'

const facts = (text: string) =>
  fakeFacts([
    answer(path('/f'), { type: 'file', mode: '0644', owner: 'root', group: 'root' }),
    answer(content('/f'), { size: text.length, bytes: Buffer.from(text) }),
  ])
const f = { path: '/f', name: 'x' }
const full = 'a\n# BEGIN x\n1\n2\n# END x\nb\n'

const cases = [
  { title: 'put', text: 'a\n', task: block({ ...f, content: '1\n2\n' }), after: 'a\n# BEGIN x\n1\n2\n# END x\n' },
  {
    title: 'put before',
    text: 'a\nb\n',
    task: block({ ...f, content: '1', before: /b/ }),
    after: 'a\n# BEGIN x\n1\n# END x\nb\n',
  },
  { title: 'as desired', text: full, task: block({ ...f, content: '1\n2' }), after: undefined },
  { title: 'other content', text: full, task: block({ ...f, content: '3' }), after: 'a\n# BEGIN x\n3\n# END x\nb\n' },
  { title: 'removed', text: full, task: block({ ...f, state: 'absent' }), after: 'a\nb\n' },
  {
    title: 'another marker',
    text: '',
    task: block({ ...f, content: '1', marker: '<!-- {mark} $& {name} -->' }),
    after: '<!-- BEGIN $& x -->\n1\n<!-- END $& x -->\n',
  },
] as const
for (const { title, text, task, after } of cases)
  test(title, async t => {
    const changes = await planned(t, task, facts(text), after === undefined ? [] : ['edit /f'])
    if (after !== undefined) t.is(Buffer.from(changes[0]!.command.stdin as Buffer).toString(), after)
  })

test('a lone marker is refused', async t => {
  await t.throwsAsync(block({ ...f, content: '1' }).plan(facts('# BEGIN x\nmine\n')), { name: 'Refusal' })
})

test('params say what is wrong', t => {
  t.throws(() => block({ ...f, marker: '# x' }), { message: /must have \{mark\}/ })
  t.throws(() => block({ ...f, content: 'a\n# END x' }), { message: /one of the markers/ })
})

for (const shell of shells)
  test(`a real file, ${shell}`, async t => {
    const file = `${await tempDirectory(t)}/f`
    await writeFile(file, 'a\n')
    await applied(t, block({ path: file, name: 'é', content: '$x\n\\1\n' }), shell)
    t.is(await readFile(file, 'utf8'), 'a\n# BEGIN é\n$x\n\\1\n# END é\n')
    await applied(t, block({ path: file, name: 'é', state: 'absent' }), shell)
    t.is(await readFile(file, 'utf8'), 'a\n')
  })
