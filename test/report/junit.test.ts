import test from 'ava'
import fc from 'fast-check'
import { junit } from '../../lib/report/junit.ts'
import { ended, failure, fixtures, output, recorded, runOf } from '../helpers/events.ts'
import { asRecords, everything } from '../helpers/everything.ts'
import { type Node, parseXml } from '../helpers/xml.ts'

/** What junit-10.xsd of https://github.com/jenkinsci/xunit-plugin allows: attributes (`!`: required) and children. */
const schema: Readonly<
  Record<string, { readonly attributes: readonly string[]; readonly children: readonly string[] }>
> = {
  testsuites: { attributes: ['name', 'time', 'tests', 'failures', 'errors'], children: ['testsuite'] },
  testsuite: {
    attributes: ['name!', 'tests!', 'failures!', 'errors!', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'file'],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
  },
  properties: { attributes: [], children: ['property'] },
  property: { attributes: ['name!', 'value!'], children: [] },
  testcase: {
    attributes: ['name!', 'time', 'classname', 'group'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  skipped: { attributes: ['type', 'message'], children: [] },
  error: { attributes: ['type', 'message'], children: [] },
  failure: { attributes: ['type', 'message'], children: [] },
  'system-out': { attributes: [], children: [] },
}

const violations = (node: Node): readonly string[] => {
  const rule = schema[node.name]
  if (!rule) return [`<${node.name}>`]
  const names = rule.attributes.map(name => name.replace('!', ''))
  const required = rule.attributes.filter(name => name.endsWith('!')).map(name => name.slice(0, -1))
  return [
    ...Object.keys(node.attributes)
      .filter(name => !names.includes(name))
      .map(name => `${node.name}/@${name}`),
    ...required.filter(name => !(name in node.attributes)).map(name => `${node.name} without @${name}`),
    ...('time' in node.attributes && !/^\d+\.\d{3}$/.test(node.attributes.time ?? '')
      ? [`time ${node.attributes.time}`]
      : []),
    ...node.children.filter(({ name }) => !rule.children.includes(name)).map(({ name }) => `${node.name}/${name}`),
    ...node.children.flatMap(violations),
  ]
}

const cases = (root: Node): readonly Node[] =>
  root.children.flatMap(suite => suite.children.filter(({ name }) => name === 'testcase'))

const find = (root: Node, name: string): Node => cases(root).find(one => one.attributes.name === name)!

const verdict = (one: Node): string => one.children.find(({ name }) => name !== 'system-out')?.name ?? 'passed'

for (const [name, events] of [
  ...fixtures.map(name => [name, recorded(name)] as const),
  ['everything', everything] as const,
])
  test(`${name}: follows the schema, and its counts are those of its cases`, t => {
    const root = parseXml(junit(asRecords(events)))
    t.deepEqual(violations(root), [])
    for (const suite of root.children) {
      const own = suite.children.filter(child => child.name === 'testcase')
      const count = (what: string) => String(own.filter(one => verdict(one) === what).length)
      t.like(suite.attributes, {
        tests: String(own.length),
        failures: count('failure'),
        errors: count('error'),
        skipped: count('skipped'),
      })
      t.is(new Set(own.map(one => one.attributes.name)).size, own.length)
    }
    t.is(root.attributes.tests, String(cases(root).length))
    t.true(cases(root).length > 0)
  })

test('a suite for each host of a play, with the run in its properties', t => {
  const root = parseXml(junit(asRecords(recorded('changing'))))
  t.deepEqual(root.children.map(suite => suite.attributes.name).slice(0, 2), [
    'Prepare both hosts on active1',
    'Prepare both hosts on standby1',
  ])
  t.is(root.children[0]?.attributes.hostname, 'active1')
  const properties = root.children[0]?.children.find(({ name }) => name === 'properties')?.children ?? []
  t.deepEqual(Object.fromEntries(properties.map(({ attributes }) => [attributes.name, attributes.value])), {
    playbook: 'Artifactory warm standby',
    run: '5f0c9a1e',
    mode: 'apply',
    exitCode: '0',
  })
})

for (const [what, event, expected, mode] of [
  ['ok', ended('h1', 'x', 'ok'), 'passed', 'apply'],
  ['changed', ended('h1', 'x', 'changed'), 'passed', 'apply'],
  ['would change', ended('h1', 'x', 'changed'), 'passed', 'check'],
  ['skipped', ended('h1', 'x', 'skipped', { reason: 'why' }), 'skipped', 'apply'],
  ['failed', ended('h1', 'x', 'failed', { error: failure() }), 'failure', 'apply'],
  ['refused', ended('h1', 'x', 'failed', { error: failure({ kind: 'refused' }) }), 'failure', 'apply'],
  ['ignored', ended('h1', 'x', 'failed', { error: failure(), ignored: true }), 'passed', 'apply'],
  ['unreachable', ended('h1', 'x', 'unreachable'), 'error', 'apply'],
  ['unknown', ended('h1', 'x', 'unknown'), 'error', 'apply'],
  ['unknown in check mode', ended('h1', 'x', 'unknown'), 'skipped', 'check'],
] as const)
  test(`${what} is ${expected}`, t => {
    t.is(verdict(find(parseXml(junit(asRecords(runOf(['h1'], [event], mode)))), 'x')), expected)
  })

test('time in seconds; changes, diffs and output are in system-out; failures with all that is known', t => {
  const root = parseXml(junit(asRecords(everything)))
  const changed = find(root, 'file /a')
  t.is(changed.attributes.time, '1.500')
  const out = changed.children[0]?.text ?? ''
  for (const part of ['write /a', '~ mode  0644 -> 0600', '+``` <b>', '3 attempts', ']]> & <x>'])
    t.true(out.includes(part), part)
  const failed = cases(root).find(one => verdict(one) === 'failure' && one.attributes.name === 'command b')
  t.is(failed?.children[0]?.attributes.message, 'exit code 1: ##[error]z')
  t.true(failed?.children[0]?.text.includes('::set-output name=x::y'))
})

test('what was never begun is skipped, a host that was not reached an error, so is a task that nobody saw end', t => {
  const running = { ...ended('h1', 't', 'ok'), state: 'running' } as const
  const cut = parseXml(junit(asRecords(runOf(['h1'], [running as never]).slice(0, -2))))
  t.is(verdict(find(cut, 't')), 'error')
  t.is(verdict(find(cut, 'end of the run')), 'error')
  const root = parseXml(junit(asRecords(everything)))
  t.is(verdict(find(root, 'connection')), 'error')
  t.is(cases(root).filter(one => one.attributes.name === 'never begun' && verdict(one) === 'skipped').length, 3)
  t.is(verdict(find(root, 'rolling order')), 'failure')
  for (const name of ['the run', 'preflight of h1', 'preflight of h2', 'lease of h2', 'restart web (handler)'])
    t.is(verdict(find(root, name)), 'error', name)
  t.is(find(root, 'reload units (handler)'), undefined as never)
})

test('whatever a host prints, the document is one', t => {
  const parts = ['\u0000', '\u001b', '\ud800', '\uffff', '<', '&', ']]>', '"', '\n', '\r', '\t', 'a']
  const nasty = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...parts) }))
  t.notThrows(() =>
    fc.assert(
      fc.property(nasty, nasty, (a, b) => {
        const events = runOf(
          [a || 'h'],
          [output(a || 'h', b), ended(a || 'h', b || 't', 'failed', { error: failure({ message: a, stderr: b }) })],
        )
        return violations(parseXml(junit(asRecords(events)))).length === 0
      }),
      { numRuns: 300 },
    ),
  )
})

test('a handler that is owed belongs to no host, and its class has no empty part', t => {
  const owed = { type: 'handler', host: 'h1', play: 'p', task: 'd', title: 'restart', state: 'owed' } as const
  const xml = junit(asRecords(runOf(['h1'], [owed])))
  t.regex(xml, /name="restart \(handler\)" classname="[^".]+"/)
})
