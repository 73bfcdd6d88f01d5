import test from 'ava'
import { factHolds } from '../../../lib/dsl/gate.ts'
import { Fleet } from '../../../lib/engine/host-state.ts'
import { Once } from '../../../lib/engine/once.ts'
import { NodeWork } from '../../../lib/engine/rolling/node-work.ts'
import { BatonError, ConnectionError } from '../../../lib/errors.ts'
import type { Event } from '../../../lib/event.ts'
import { content } from '../../../lib/facts/content.ts'
import { path } from '../../../lib/facts/path.ts'
import { assert } from '../../../lib/tasks/assert.ts'
import { file } from '../../../lib/tasks/file.ts'
import { runCommand } from '../../../lib/tasks/run-command.ts'
import { me } from '../../helpers/me.ts'
import { hostNamed } from '../../helpers/play-here.ts'
import { ShConnection } from '../../helpers/sh-connection.ts'
import { Cluster } from './cluster.ts'

const way = (host: string) => ['draining', 'changing', 'gating', 'returning', 'done'].map(state => `${host} ${state}`)
const dead = (host: string) => new ConnectionError(host, 'timeout', `${host} does not answer`)

test('one node after the other, in the order that was asked for; a second roll takes nobody out', async t => {
  const cluster = new Cluster(t, 3)
  const first = await cluster.roll({ order: ['n2', 'n1', 'n3'] })
  t.deepEqual(first.states, [...way('n2'), ...way('n1'), ...way('n3')])
  t.deepEqual(first.broken, [])
  t.deepEqual(cluster.versions, ['v2', 'v2', 'v2'])
  t.deepEqual(cluster.restarts, ['n2', 'n1', 'n3'])
  t.deepEqual(cluster.out, [])
  t.is(cluster.mostOut, 1)

  cluster.mostOut = 0
  const second = await cluster.roll({ order: ['n2', 'n1', 'n3'] })
  t.deepEqual(second.states, ['n2 unchanged', 'n1 unchanged', 'n3 unchanged'])
  t.deepEqual(second.ends, ['n2 ok n2 v2', 'n1 ok n1 v2', 'n3 ok n3 v2'])
  t.is(cluster.mostOut, 0)
  t.false(second.applied)
})

test('a comparison orders, and who is equal stays in the order of the inventory', async t => {
  const cluster = new Cluster(t, 3)
  const { batches } = await cluster.roll({ order: (a, b) => Number(b.name === 'n3') - Number(a.name === 'n3') })
  t.deepEqual(batches, ['1/3 n3', '2/3 n1', '3/3 n2'])
})

test('a canary, then growing batches, never more than may be out', async t => {
  const cluster = new Cluster(t, 7)
  const { batches } = await cluster.roll({ batch: [1, 2, '100%'], maxUnavailable: 3 })
  t.deepEqual(
    batches.map(b => b.split(' ')[0]),
    ['1/4', '2/4', '2/4', '3/4', '3/4', '3/4', '4/4'],
  )
  t.is(cluster.mostOut, 3)
  t.deepEqual(new Set(cluster.versions), new Set(['v2']))
})

test('the service is restarted before the gate, not behind the return', async t => {
  const cluster = new Cluster(t, 1)
  cluster.health = host => cluster.read(host, 'version') === 'v1' || cluster.restarts.includes(host) || 'not restarted'
  const { ends } = await cluster.roll()
  t.deepEqual(ends, ['n1 changed n1 out', 'n1 changed n1 v2', 'n1 changed restart n1', 'n1 changed n1 in'])
})

test('a node that never gets healthy stays out and is named, and nothing new begins', async t => {
  const cluster = new Cluster(t, 3)
  cluster.health = host => (cluster.read(host, 'version') === 'v2' ? 'answers 503' : true)
  const rolled = await cluster.roll()
  t.deepEqual(rolled.states, ['n1 draining', 'n1 changing', 'n1 gating', 'n1 failed'])
  t.regex(rolled.reason('n1')!, /not healthy for 3 s within 60 s: healthy: answers 503/)
  t.deepEqual(cluster.out, ['n1'])
  t.deepEqual(cluster.versions, ['v2', 'v1', 'v1'])
  t.deepEqual(rolled.broken, ['n1', 'n2', 'n3'])
  t.regex(
    rolled.notices.at(-1)!,
    /1 node failed, and the budget is 1\. failed, and stays out: n1 \(.*; untouched: n2, n3/,
  )
})

test('a node that gets healthy and falls over while its gate should hold has failed', async t => {
  const cluster = new Cluster(t, 2)
  let asked = 0
  // Two answers are too few to have held; each no starts the time again.
  cluster.health = host => (cluster.read(host, 'version') === 'v1' || asked++ % 3 !== 2 ? true : 'connection refused')
  const rolled = await cluster.roll()
  t.is(rolled.states.at(-1), 'n1 failed')
  t.regex(
    rolled.reason('n1')!,
    /it was healthy for a while, and then not, (once|\d+ times); last: healthy: connection refused/,
  )
  t.deepEqual(cluster.out, ['n1'])
})

test('a budget above one goes on without the failed, and reaching it stops', async t => {
  const cluster = new Cluster(t, 5)
  cluster.health = host =>
    ['n1', 'n3'].includes(host) && cluster.read(host, 'version') === 'v2' ? 'answers 500' : true
  const rolled = await cluster.roll({ budget: 2, maxUnavailable: 3 })
  t.deepEqual(cluster.out, ['n1', 'n3'])
  t.deepEqual(cluster.versions, ['v2', 'v2', 'v2', 'v1', 'v1'])
  t.regex(
    rolled.notices.at(-1)!,
    /2 nodes failed, and the budget is 2\. done: n2; failed, and stays out: n1 .*, n3 .*; untouched: n4, n5/,
  )
})

test('with a failed node out there is less room, and with none left nobody else is taken out', async t => {
  const cluster = new Cluster(t, 3)
  cluster.health = host => (host === 'n1' && cluster.read(host, 'version') === 'v2' ? 'answers 500' : true)
  const rolled = await cluster.roll({ budget: 3 })
  t.deepEqual(cluster.versions, ['v2', 'v1', 'v1'])
  t.regex(rolled.notices.at(-1)!, /1 node of at most 1 are out|so no other may be taken out/)
  t.is(cluster.mostOut, 1)
})

test('an unreachable node counts as failed, before anybody was touched', async t => {
  const cluster = new Cluster(t, 3)
  const none = await cluster.roll({ connections: { n2: dead('n2') } })
  t.deepEqual(none.refused.length, 1)
  t.regex(none.refused[0]!, /n2 \(n2 does not answer\) is out already, and at most 1 of 3 may be/)
  t.deepEqual(cluster.versions, ['v1', 'v1', 'v1'])

  const some = await cluster.roll({ connections: { n2: dead('n2') }, maxUnavailable: 2, budget: 2 })
  t.deepEqual(cluster.versions, ['v2', 'v1', 'v2'])
  t.deepEqual(some.broken, ['n2'])
  t.true(some.events.some(e => e.type === 'unreachable' && e.host === 'n2'))
  t.regex(some.notices.at(-1)!, /done: n1, n3; failed, and stays out: n2/)
})

test('with two nodes out already the roll is refused, and both are named', async t => {
  const cluster = new Cluster(t, 3)
  cluster.health = host => host === 'n1' || 'connection refused'
  const rolled = await cluster.roll()
  t.regex(
    rolled.refused[0]!,
    /n2 \(healthy: connection refused\); n3 \(.*\) are out already, and at most 1 of 3 may be/,
  )
  t.deepEqual(rolled.ends, [])
  t.deepEqual(cluster.versions, ['v1', 'v1', 'v1'])
})

test('a node that is out already is repaired first where nobody else may go out', async t => {
  const cluster = new Cluster(t, 3)
  cluster.health = host => host !== 'n3' || cluster.read('n3', 'version') === 'v2' || 'connection refused'
  const rolled = await cluster.roll()
  t.deepEqual(rolled.batches, ['1/3 n3', '2/3 n1', '3/3 n2'])
  t.true(rolled.notices.some(text => text === 'counts as out: healthy: connection refused'))
  t.deepEqual(rolled.broken, [])
})

test('a host that is left out by --limit still counts', async t => {
  const cluster = new Cluster(t, 3)
  cluster.health = host => host !== 'n3' || 'connection refused'
  const rolled = await cluster.roll({ limit: ['n1'] })
  t.regex(rolled.refused[0]!, /n3 .* is out already/)
  t.deepEqual(cluster.versions, ['v1', 'v1', 'v1'])
})

test('a node that is out, and has nothing to change, must pass its gate to count as well', async t => {
  const cluster = new Cluster(t, 2)
  await cluster.roll()
  cluster.health = host => host !== 'n2' || 'connection refused'
  const rolled = await cluster.roll()
  t.deepEqual(rolled.states, ['n2 gating', 'n2 failed'])
  t.deepEqual(rolled.broken, ['n1', 'n2'])
})

test('a connection lost in the middle of a change is a failure, and nobody knows more', async t => {
  const cluster = new Cluster(t, 2)
  const lossy = new ShConnection('n1', { lostAt: ({ args = [] }) => args.some(a => a.endsWith('restarts')) })
  const rolled = await cluster.roll({ connections: { n1: lossy } })
  t.true(rolled.ends.includes('n1 unknown restart n1'))
  t.is(rolled.states.at(-1), 'n1 failed')
  t.regex(rolled.reason('n1')!, /restart n1: the connection to n1 was lost/)
  t.deepEqual(cluster.versions, ['v2', 'v1'])
  t.deepEqual(cluster.out, ['n1'])
})

test('a node whose plan fails is not even taken out', async t => {
  const cluster = new Cluster(t, 2)
  const rolled = await cluster.roll({
    items: context => [
      ...cluster.upgrade(context),
      assert({ refusal: 'no upgrade', that: async () => 'there is no licence', title: 'licence' }),
    ],
  })
  t.deepEqual(rolled.states, ['n1 failed'])
  t.deepEqual(rolled.ends, ['n1 failed licence'])
  t.is(rolled.reason('n1'), 'licence: no upgrade: there is no licence')
  t.is(cluster.mostOut, 0)
  t.deepEqual(cluster.versions, ['v1', 'v1'])
  t.regex(rolled.notices.at(-1)!, /failed, and was not taken out: n1/)
})

test('a node that falls over after its return is taken out again, and has failed', async t => {
  const cluster = new Cluster(t, 2)
  let returned = 0
  cluster.health = host => {
    if (host !== 'n1' || cluster.read('n1', 'version') === 'v1' || cluster.out.includes('n1')) return true
    return ++returned <= 2 || 'connection refused'
  }
  const rolled = await cluster.roll({ soakSeconds: 5 })
  t.deepEqual(rolled.states, [...way('n1').slice(0, 4), 'n1 soaking', 'n1 draining', 'n1 failed'])
  t.is(rolled.reason('n1'), 'back in rotation, and then: healthy: connection refused')
  t.deepEqual(cluster.out, ['n1'])
  t.deepEqual(cluster.versions, ['v2', 'v1'])
})

test('a node that was done and falls over while others wait is found before the next goes out', async t => {
  const cluster = new Cluster(t, 3)
  cluster.health = host =>
    host !== 'n1' || cluster.read('n2', 'version') === 'v1' || cluster.out.includes('n2') || 'connection refused'
  const rolled = await cluster.roll({ maxUnavailable: 2 })
  t.deepEqual(rolled.states, [...way('n1'), ...way('n2'), 'n1 draining', 'n1 failed'])
  t.deepEqual(cluster.versions, ['v2', 'v2', 'v1'])
})

test('check mode shows order, batches and tasks, waits for no gate, and writes nothing', async t => {
  const cluster = new Cluster(t, 3)
  cluster.health = host => host !== 'n3' || 'connection refused'
  const rolled = await cluster.roll({
    mode: 'check',
    order: ['n2', 'n3', 'n1'],
    maxUnavailable: 2,
    soakSeconds: 3600,
    gate: { holdsSeconds: 3600, withinSeconds: 7200 },
  })
  t.deepEqual(rolled.batches, ['1/3 n2', '2/3 n3', '3/3 n1'])
  t.deepEqual(
    rolled.ends.filter(e => e.startsWith('n3')),
    ['n3 changed n3 out', 'n3 changed n3 v2', 'n3 changed restart n3', 'n3 unknown n3 in'],
  )
  t.deepEqual(
    rolled.states.filter(s => /gating|soaking/.test(s)),
    [],
  )
  t.true(rolled.notices.includes('counts as out: healthy: connection refused'))
  t.deepEqual(cluster.versions, ['v1', 'v1', 'v1'])
  t.deepEqual(cluster.out, [])
  t.deepEqual(cluster.restarts, [])
  t.deepEqual(rolled.broken, [])
})

test('interrupted, it finishes the node that is out and begins no other; resumed, it goes on behind it', async t => {
  const cluster = new Cluster(t, 3)
  const controller = new AbortController()
  const first = await cluster.roll({
    signal: controller.signal,
    onEvent: e => e.type === 'rolling' && e.state === 'changing' && controller.abort(),
  })
  t.deepEqual(first.states, way('n1'))
  t.deepEqual(cluster.out, [])
  t.deepEqual(first.broken, ['n2', 'n3'])
  t.regex(first.notices.at(-1)!, /interrupted\. done: n1; untouched: n2, n3/)

  const second = await cluster.roll({ earlier: { n1: 'done' } })
  t.deepEqual(second.states, ['n1 done', ...way('n2'), ...way('n3')])
  t.is(second.events.find(e => e.type === 'rolling')?.reason, 'by the run that is resumed')
  t.deepEqual(cluster.restarts, ['n1', 'n2', 'n3'])
})

test('stopped in mid-way, a node is out; resumed, it comes first, counts as out, and is not changed again', async t => {
  const cluster = new Cluster(t, 3)
  const [signal, stop] = [new AbortController(), new AbortController()]
  const first = await cluster.roll({
    signal: signal.signal,
    stop: stop.signal,
    order: ['n2', 'n1', 'n3'],
    gate: { holdsSeconds: 60, withinSeconds: 120 },
    onEvent: e => {
      if (e.type !== 'rolling' || e.state !== 'gating') return
      signal.abort()
      stop.abort()
    },
  })
  t.deepEqual(first.states, ['n2 draining', 'n2 changing', 'n2 gating'])
  t.deepEqual(cluster.out, ['n2'])
  t.regex(first.notices.at(-1)!, /left in mid-way: n2 \(gating\); untouched: n1, n3/)

  const second = await cluster.roll({ earlier: { n2: 'gating' } })
  t.deepEqual(second.states, ['n2 gating', 'n2 returning', 'n2 done', ...way('n1'), ...way('n3')])
  t.deepEqual(cluster.restarts, ['n2', 'n1', 'n3'])
  t.is(cluster.mostOut, 1)
})

test('resumed, a failed node is tried again before anybody else', async t => {
  const cluster = new Cluster(t, 3)
  const second = await cluster.roll({ earlier: { n1: 'done', n2: 'failed' }, order: ['n3', 'n1', 'n2'] })
  t.deepEqual(second.states, ['n1 done', ...way('n2'), ...way('n3')])
})

test('resumed, what the run before has done is not done again, but a node is put back even so', async t => {
  const cluster = new Cluster(t, 1)
  const log = cluster.path('hooks')
  const note = (text: string) => runCommand({ script: 'echo "$1" >>"$2"', args: [text, log], title: text } as never)
  const rolled = await cluster.roll({
    before: () => [note('drain')],
    after: () => [note('return')],
    items: () => [note('restart')],
    earlier: { n1: 'failed' },
    handed: () => ({ stdout: '', stderr: '' }),
  })
  t.deepEqual(rolled.states, ['n1 gating', 'n1 returning', 'n1 done'])
  t.deepEqual(cluster.read('hooks'), 'return\n')
})

test('a run that is refused takes nobody out, and says of nobody that he failed', async t => {
  const cluster = new Cluster(t, 2)
  const rolled = await cluster.roll({ admit: 'no' })
  t.deepEqual(rolled.states, [])
  t.deepEqual(rolled.notices, [])
  t.deepEqual(rolled.broken, ['n1', 'n2'])
  t.is(cluster.mostOut, 0)
})

test('what runs once is done by the first node that begins', async t => {
  const cluster = new Cluster(t, 3)
  const rolled = await cluster.roll({
    order: ['n3', 'n2', 'n1'],
    items: context => [
      runCommand({
        script: 'echo "$1" >>"$2"',
        args: ['migrated', cluster.path('once')],
        title: 'migrate',
        runOnce: 'run',
      } as never),
      ...cluster.upgrade(context),
    ],
  })
  t.is(cluster.read('once'), 'migrated\n')
  t.true(rolled.ends.includes('n3 changed migrate'))
  t.deepEqual(rolled.broken, [])
  t.deepEqual(cluster.versions, ['v2', 'v2', 'v2'])
})

test('what runs once is something else on each node: nobody waits for ever', async t => {
  const cluster = new Cluster(t, 2)
  const rolled = await cluster.roll({
    items: ({ host }) => [runCommand({ script: ': "$1"', args: [host.name], title: 'once', runOnce: 'run' } as never)],
  })
  t.deepEqual(rolled.states.at(-1), 'n2 failed')
  t.is(rolled.reason('n2'), 'once: n1, which runs it for all, did not')
  t.is(cluster.mostOut, 1)
})

test('hooks may be delegated: the load balancer is told, and itself says who is in', async t => {
  const cluster = new Cluster(t, 3)
  const turn = (host: string, state: 'in' | 'out') =>
    file({ path: cluster.path('lb', host), content: state, ...me, title: `${host} ${state}`, delegateTo: 'n3' })
  const rolled = await cluster.roll({
    limit: ['n1', 'n2'],
    before: ({ host }) => [turn(host.name, 'out')],
    after: ({ host }) => [turn(host.name, 'in')],
    gate: {
      checks: ({ host }) => [
        factHolds(content(cluster.path('lb', host.name)), a => a !== undefined, 'known to the load balancer', {
          on: 'n3',
        }),
      ],
      holdsSeconds: 0,
    },
    realTime: true,
  })
  t.deepEqual(rolled.states, [...way('n1'), ...way('n2')])
  t.deepEqual(cluster.out, [])
})

test('every round of a gate looks at the host anew', async t => {
  const cluster = new Cluster(t, 1)
  const flag = cluster.path('healthy')
  const rolled = await cluster.roll({
    items: ({ host }) => [
      ...cluster.upgrade({ host, vars: {} }),
      // Healthy a while after the play has gone on.
      runCommand({ script: '(sleep 0.5; : >"$1") >/dev/null 2>&1 &', args: [flag], title: 'start' } as never),
    ],
    gate: {
      checks: ({ host }) => [
        factHolds(
          path(flag),
          ({ type }) => type !== 'absent' || cluster.read(host.name, 'version') === 'v1' || 'not yet',
          'healthy',
        ),
      ],
      holdsSeconds: 0.01,
      everySeconds: 0.05,
    },
    realTime: true,
  })
  t.deepEqual(rolled.states, way('n1'))
})

test('a change that stops nothing when it fails is a change: the node is rolled', async t => {
  const cluster = new Cluster(t, 1)
  const content = (state: string) => ({ path: cluster.path('n1', 'version'), content: state, ...me, title: 'v2' })
  const items = () => [file({ ...content('v2'), ignoreFailure: true })]
  const checked = await cluster.roll({ items, mode: 'check' })
  t.false(checked.states.includes('n1 unchanged'))
  const first = await cluster.roll({ items })
  t.deepEqual(first.states, way('n1'))
  t.deepEqual(cluster.versions, ['v2'])
  t.deepEqual((await cluster.roll({ items })).states, ['n1 unchanged'])
})

test('a plan that fails and stops nothing neither fails the node nor hides what comes behind it', async t => {
  const cluster = new Cluster(t, 1)
  const broken = assert({
    refusal: 'broken',
    that: async () => {
      throw new BatonError('nobody can tell')
    },
    ignoreFailure: true,
  })
  const idle = await cluster.roll({ items: () => [broken] })
  t.deepEqual(idle.states, ['n1 unchanged'])
  const work = await cluster.roll({ items: context => [broken, ...cluster.upgrade(context)] })
  t.deepEqual(work.states, way('n1'))
})

test('the only node failed: nobody says that it went through', async t => {
  const cluster = new Cluster(t, 1)
  cluster.health = () => (cluster.read('n1', 'version') === 'v2' ? 'answers 503' : true)
  const rolled = await cluster.roll()
  t.regex(rolled.notices.at(-1)!, /^rolling "roll": 1 node failed, and the budget is 1\. failed, and stays out: n1/)
})

test('what would change of a node that is left alone is a failure, not a change', async t => {
  const events: Event[] = []
  const host = new Fleet('apply', [hostNamed('n1')], () => async () => new ShConnection('n1')).find('n1')
  const context = {
    mode: 'apply',
    stop: new AbortController().signal,
    planned() {},
    send: (e: Event) => events.push(e),
  }
  const about = { play: 'roll', become: false, once: new Once(['n1'], ['n1']) }
  const path = new Cluster(t, 1).path('n1', 'version')
  const work = new NodeWork(host, about, context as never)
  const reported = await work.report([file({ path, content: 'v2', ...me, ignoreFailure: true })])
  t.is(reported.state, 'failed')
  const [ended] = events
  t.like(ended, { type: 'task', outcome: 'failed', changes: [] })
  t.false(ended?.type === 'task' && 'ignored' in ended && ended.ignored)
})
