import test from 'ava'
import { mergeSystemYaml } from '../../../lib/tasks/artifactory/merge-system-yaml.ts'

const own = {
  'shared.node.id': 'node2',
  'shared.node.ip': undefined,
  'shared.database.url': 'jdbc:postgresql://here/a',
}
const active = `configVersion: 1
shared:
  node:
    id: node1
    ip: 198.51.100.2
  database:
    url: jdbc:postgresql://there/a
    username: artifactory
    password: JE2abc.aesgcm256.AAAA
`
const standby = `# our standby
configVersion: 1
shared:
  # its own
  database:
    username: artifactory
    url: jdbc:postgresql://here/a
    password: JE2abc.aesgcm256.AAAA
  node:
    ip: 198.51.100.3
    id: node2
`

test("nothing differs but order, comments and what is the node's: not a byte changes", t => {
  t.deepEqual(mergeSystemYaml(active, standby, own), { text: standby, set: [], removed: [] })
})

test("a new file is the active's without what is the active node's", t => {
  const { text, set } = mergeSystemYaml(active, undefined, own)
  t.false(text.includes('198.51.100.2'))
  t.false(text.includes('node1'))
  t.regex(text, /id: node2/)
  t.true(set.includes('shared.database.password'))
  t.deepEqual(mergeSystemYaml(active, text, own).set, [], 'merged again')
})

test('one value that differs is set alone; comments and order stay', t => {
  const { text, set, removed } = mergeSystemYaml(
    active.replace('username: artifactory', 'username: other'),
    standby,
    own,
  )
  t.deepEqual([set, removed], [['shared.database.username'], []])
  t.is(text, standby.replace('username: artifactory', 'username: other'))
})

test("a key that the active does not have goes, a node's own key without a given value stays", t => {
  const { text, removed } = mergeSystemYaml(active, `${standby}  extraJavaOpts: -Xmx1g\n`, own)
  t.deepEqual(removed, ['shared.extraJavaOpts'])
  t.regex(text, /ip: 198\.51\.100\.3/)
})

const withPassword = (text: string, password: string) => text.replace('JE2abc.aesgcm256.AAAA', password)

for (const [title, there, here, set] of [
  ['encrypted here, still clear there: equal', 'secret1', 'JE2abc.aesgcm256.BBBB', []],
  ['clear here, encrypted there: taken', 'JE2abc.aesgcm256.AAAA', 'secret0', ['shared.database.password']],
  ['both encrypted, different: taken', 'JE2abc.aesgcm256.AAAA', 'JE2abc.aesgcm256.BBBB', ['shared.database.password']],
  ['both clear, different: taken', 'secret1', 'secret0', ['shared.database.password']],
] as const)
  test(title, t => {
    const merged = mergeSystemYaml(withPassword(active, there), withPassword(standby, here), own)
    t.deepEqual(merged.set, [...set])
    t.deepEqual(mergeSystemYaml(withPassword(active, there), merged.text, own).set, [], 'merged again')
  })

test('what is no YAML is refused without showing it', t => {
  const error = t.throws(() => mergeSystemYaml('a: [tops3cret', standby, own), {
    message: /of the active is not YAML: line 1/,
  })
  t.false(error.message.includes('tops3cret'))
})
