import test from 'ava'
import { ini } from '../../../templates/write/ini.ts'

test('sections with keys', t => {
  t.is(
    ini({ client: { user: 'x', port: 3306, left: undefined }, mysqld: { 'log-bin': 'a b', plugin: ['p', 'q'] } }),
    '[client]\nuser=x\nport=3306\n\n[mysqld]\nlog-bin=a b\nplugin=p\nplugin=q\n',
  )
})

for (const value of ['a\nb', 'a\rb', ' a', 'a ', 'a;b', 'a#b', '"a"'])
  test(`a value that readers would take for something else: ${JSON.stringify(value)}`, t => {
    t.throws(() => ini({ s: { k: value } }))
  })

for (const key of ['', 'a=b', '[a]', '#a', ' a', 'a\nb'])
  test(`what is no key: ${JSON.stringify(key)}`, t => {
    t.throws(() => ini({ s: { [key]: 1 } }))
    if (key !== ' a' && key !== 'a=b' && key !== '#a') t.throws(() => ini({ [key]: {} }))
  })
