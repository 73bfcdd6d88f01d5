import test from 'ava'
import { ensureHostKey, knownHostName, removeHostKey } from '../../../lib/changes/edit/known-hosts.ts'
import { ecdsaKey, key1, key2 } from '../../helpers/keys.ts'

const [type = '', blob = ''] = key1.split(' ')
const ensure = (text: string, name = 'node1.example', replace = false) =>
  ensureHostKey('/f', text, name, { type, blob }, { replace })

// Hashed by `ssh-keygen -H`.
const hashed = '|1|kFHZJs5lDk1v6+FEP0CI8P11vdU=|ipWdoVGnAHAOZPBWYo1zwungo0M='
const hashedPort = '|1|OoGXQPsrN1brWbaDhjsjsKWJlnY=|Fb2pl5QMEIT3+RFuqyxutI51x7E='

test('names are as ssh looks them up', t => {
  t.is(knownHostName('Node1.Example', 22), 'node1.example')
  t.is(knownHostName('2001:db8::1', 2222), '[2001:db8::1]:2222')
})

test('a key that is not there is added, one that is there in whatever form stays', t => {
  const others = `# x\n*.example ${key2}\n@cert-authority node1.example ${key2}\nnode1.example ${ecdsaKey}\nnode1 ${key2}\n[node1.example]:23 ${key2}\n`
  t.is(ensure(others), `${others}node1.example ${key1}\n`)
  for (const names of ['node1.example', 'a,NODE1.example,b', hashed])
    t.is(ensure(`${names} ${key1} note\n`), `${names} ${key1} note\n`)
  t.is(ensure(`${hashedPort} ${key1}\n`, '[node1.example]:2222'), `${hashedPort} ${key1}\n`)
})

test('further lines for the same name and type go', t => {
  t.is(
    ensure(`a ${key2}\nnode1.example ${key1}\n${hashed} ${key1}\nb,node1.example ${key1} x\n`),
    `a ${key2}\nnode1.example ${key1}\nb ${key1} x\n`,
  )
})

test('a changed key is refused, or replaced when told so', t => {
  for (const names of ['node1.example', hashed, 'a,node1.example'])
    t.throws(() => ensure(`${names} ${key2}\n`), { name: 'Refusal', message: /another ssh-ed25519 key/ })
  t.is(
    ensure(`a,node1.example ${key2}\n${hashed} ${key2}\n`, 'node1.example', true),
    `a ${key2}\nnode1.example ${key1}\n`,
  )
  t.throws(() => ensure(`node1.example ${key1}\n${hashed} ${key2}\n`), { message: /another/ })
})

test('a revoked key is refused, whomever it was of', t => {
  t.throws(() => ensure(`@revoked * ${key1}\n`, 'node1.example', true), { name: 'Refusal', message: /revoked/ })
  t.is(ensure(`@revoked * ${key2}\n`), `@revoked * ${key2}\nnode1.example ${key1}\n`)
})

test('a host is forgotten by name, or by name and key', t => {
  const text = `${hashed} ${key2}\na,node1.example ${ecdsaKey}\n* ${key1}\n`
  t.is(removeHostKey(text, 'node1.example', undefined), `a ${ecdsaKey}\n* ${key1}\n`)
  t.is(removeHostKey(text, 'node1.example', { type, blob }), text)
})
