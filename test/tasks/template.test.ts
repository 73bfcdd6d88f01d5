import test from 'ava'
import { UsageError } from '../../lib/errors.ts'
import { digest } from '../../lib/facts/digest.ts'
import { path } from '../../lib/facts/path.ts'
import { template } from '../../lib/tasks/template.ts'
import { ini } from '../../templates/write/ini.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'

const site = ({ port }: { readonly port: number }): string => `listen ${port}\n`

test('the content is what the function makes of the values, at the playbook line that says so', async t => {
  const task = template({ path: '/etc/site', render: site, values: { port: 8081 }, mode: '0640' })
  t.is(task.title, 'template /etc/site')
  t.regex(task.at.file, /template\.test\.ts$/)
  const facts = fakeFacts([
    answer(path('/etc/site'), { type: 'absent' }),
    answer(path('/etc'), { type: 'directory', mode: '0755', owner: 'root', group: 'root' }),
    answer(digest('/etc/site'), { sha256: undefined }),
  ])
  const [write] = await task.plan(facts)
  t.is(Buffer.from(write?.command.stdin as Uint8Array).toString(), 'listen 8081\n')
})

test('a value that is missing does not compile', t => {
  // @ts-expect-error port is missing
  t.notThrows(() => template({ path: '/etc/site', render: site, values: {} }))
})

test('a function that throws is a mistake of the playbook, with its line', t => {
  const broken = (): string => ini({ section: { 'a\nb': '1' } })
  const error = t.throws(() => template({ path: '/etc/site', render: broken, values: undefined }), {
    instanceOf: UsageError,
  })
  t.regex(error?.problems[0]?.message ?? '', /^template \/etc\/site: /)
  t.regex(error?.problems[0]?.at?.file ?? '', /template\.test\.ts$/)
})
