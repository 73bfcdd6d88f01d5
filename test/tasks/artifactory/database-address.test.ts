import test from 'ava'
import { databaseAddress } from '../../../lib/tasks/artifactory/database-address.ts'

const yaml = (url: string) => `shared:\n  database:\n    type: postgresql\n    url: ${JSON.stringify(url)}\n`

for (const [url, host, port, database] of [
  ['jdbc:postgresql://127.0.0.1:5432/artifactory', '127.0.0.1', 5432, 'artifactory'],
  ['jdbc:postgresql://db.example/art%20db?ssl=true&user=x', 'db.example', 5432, 'art db'],
  ['jdbc:postgresql://[2001:db8::1]:6000/a', '2001:db8::1', 6000, 'a'],
  ['jdbc:postgresql:artifactory', 'localhost', 5432, 'artifactory'],
  ['jdbc:postgresql:///artifactory', 'localhost', 5432, 'artifactory'],
] as const)
  test(`where ${url} leads`, t => t.deepEqual(databaseAddress(yaml(url)), { known: true, host, port, database }))

for (const [title, text, why] of [
  ['several hosts', yaml('jdbc:postgresql://a:1,b:2/artifactory'), /names several hosts/],
  ['no database', yaml('jdbc:postgresql://a/'), /is no jdbc:postgresql:/],
  ['another driver', yaml('jdbc:mysql://a/artifactory'), /is no jdbc:postgresql:/],
  ['a type that is no word', 'shared: { database: { type: [1], url: x } }', /of the type none/],
  ['no URL', 'shared: { database: { type: postgresql } }', /has no shared\.database\.url/],
  ['no YAML', 'shared: [', /is not YAML/],
  ['an empty file', '', /means Derby/],
] as const)
  test(`not known: ${title}`, t => {
    const answer = databaseAddress(text)
    t.false(answer.known)
    t.regex(answer.known ? '' : answer.why, why)
  })

test('no message holds the URL, which may hold a password', t => {
  t.notRegex(JSON.stringify(databaseAddress(yaml('jdbc:mysql://a/b?password=hunter2hunter2'))), /hunter2/)
})
