import { readdirSync } from 'node:fs'
import test from 'ava'
import { run } from '../../../lib/engine/run.ts'
import type { Event } from '../../../lib/event.ts'
import flow from '../../fixtures/playbooks/flow.ts'
import { scratch } from '../../helpers/scratch.ts'
import { ShConnection } from '../../helpers/sh-connection.ts'

test('all of it together, in a playbook as users write it', async t => {
  const directory = scratch(t)
  const host = (name: string, group: string) =>
    ({ name, groups: [group], vars: { directory }, connection: { type: 'local' } }) as const
  const hosts = [...['web1', 'web2', 'web3'].map(name => host(name, 'web')), host('lb1', 'balancer')]
  const events: Event[] = []
  const stream = run(flow, hosts, {
    mode: 'apply',
    forks: 5,
    expectNoChanges: false,
    signal: new AbortController().signal,
    connect: async ({ name }) => new ShConnection(name),
  })
  for await (const event of stream) events.push(event)
  const ends = events.flatMap(e =>
    e.type === 'task' && e.state === 'ended' ? [`${e.host} ${e.ignored ? 'ignored' : e.outcome} ${e.title}`] : [],
  )
  const of = (name: string) => ends.filter(e => e.startsWith(`${name} `)).map(e => e.slice(name.length + 1))
  const rest = (name: string) => [
    'changed drain (on lb1)',
    'ignored migrate',
    'skipped not reached',
    'changed roll back',
    `changed file ${directory}/${name}`,
    'changed reload',
    'changed wait until it answers',
  ]
  t.deepEqual(of('web1'), ['ok ask which version is current', ...rest('web1')])
  t.deepEqual(of('web2'), ['skipped ask which version is current', ...rest('web2')])
  t.deepEqual(of('web3'), ['skipped ask which version is current', ...rest('web3')])
  t.deepEqual(
    readdirSync(directory).sort(),
    ['web1', 'web2', 'web3'].flatMap(n => [n, `${n}.asked`]),
  )
  t.is(events.filter(e => e.type === 'task' && e.state === 'ended' && e.attempts === 3).length, 3)
  t.like(events.at(-1), { type: 'summary', exitCode: 0 })
})
