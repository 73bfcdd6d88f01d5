import test from 'ava'
import { block } from '../../../lib/dsl/item.ts'
import { ConnectionError } from '../../../lib/errors.ts'
import { file } from '../../../lib/tasks/file.ts'
import { playHere } from '../../helpers/play-here.ts'
import { me } from '../../helpers/scratch.ts'
import { ShConnection } from '../../helpers/sh-connection.ts'
import { notebook } from './notebook.ts'

const hosts = ['h1', 'h2', 'h3', 'h4']

test('once a run: the first host does it, before any other goes on, in whatever batches', async t => {
  for (const more of [{}, { serial: 2 }, { serial: [1, '50%'] as const }]) {
    const { note, lines } = notebook(t)
    const played = await playHere([['g', ({ host }) => [note('once', { runOnce: 'run' }), note(host.name)], more]], {
      hosts,
    })
    t.is(lines()[0], 'once')
    t.deepEqual([...lines()].sort(), ['h1', 'h2', 'h3', 'h4', 'once'])
    t.is(played.ends.filter(e => e.endsWith('skipped once')).length, 3)
    t.is(played.summary.exitCode, 0)
  }
})

test('once a batch: the first host of each', async t => {
  const { note, lines } = notebook(t)
  const plays = [['g', [note('once', { runOnce: 'batch' })], { serial: 3 }]] as const
  const played = await playHere(plays, { hosts })
  t.deepEqual(lines(), ['once', 'once'])
  t.deepEqual([...played.ends].sort(), ['h1 changed once', 'h2 skipped once', 'h3 skipped once', 'h4 changed once'])
})

test('with one fork nobody waits for a host that has not begun', async t => {
  const { note, lines } = notebook(t)
  const tasks = [note('a', { runOnce: 'run' }), note('b'), note('c', { runOnce: 'batch' })]
  const played = await playHere([['g', tasks]], { hosts, forks: 1 })
  t.deepEqual(lines(), ['a', 'b', 'c', 'b', 'b', 'b'])
  t.is(played.summary.exitCode, 0)
})

test('where the first host fails at it, the others have failed too, and are not left waiting', async t => {
  for (const forks of [1, 10]) {
    const { note, fail, lines } = notebook(t)
    const tasks = [fail('once', { runOnce: 'run' }), note('behind')]
    const played = await playHere([['g', tasks]], { hosts, forks })
    t.deepEqual(lines(), ['once'])
    t.is(played.summary.exitCode, 2)
    t.is(played.ends.filter(e => e.endsWith('skipped behind')).length, 4)
  }
})

test('where the first host fails before it, the others do not wait for ever', async t => {
  for (const forks of [1, 10]) {
    const { note, fail, lines } = notebook(t)
    const played = await playHere(
      [['g', ({ host }) => [...(host.name === 'h1' ? [fail('bad')] : []), note('once', { runOnce: 'run' })]]],
      { hosts, forks },
    )
    t.deepEqual(lines(), ['bad'])
    t.is(played.summary.exitCode, 2)
  }
})

test('where the first host cannot be reached, or is lost, the others do not wait for ever', async t => {
  const { note, lines } = notebook(t)
  const tasks = [note('once', { runOnce: 'run' }), note('behind')]
  const predicted = await playHere([['g', tasks]], {
    hosts,
    mode: 'check',
    connect: async ({ name }) => {
      if (name === 'h1') throw new ConnectionError(name, 'refused', 'nobody listens')
      return new ShConnection(name)
    },
  })
  t.is(predicted.summary.exitCode, 4)
  const trouble = { lostAt: (c: { readonly args?: readonly string[] }) => c.args?.includes('once') ?? false }
  const connections = Object.fromEntries(hosts.map(n => [n, new ShConnection(n, n === 'h1' ? trouble : {})]))
  const lost = await playHere([['g', tasks]], { hosts, connections })
  t.is(lost.summary.exitCode, 4)
  t.deepEqual(lines(), [])
})

test('what it hands on is the value of every host, of its own batch where it runs once a batch', async t => {
  const { note, lines } = notebook(t)
  const tasks = ({ host }: { readonly host: { readonly name: string } }) => {
    const once = note('once', { runOnce: 'batch' })
    return [once, note(`${host.name} saw it`, { when: facts => facts.value(once.value).stdout === 'once' })]
  }
  const played = await playHere([['g', tasks, { serial: 2 }]], { hosts })
  t.is(played.summary.exitCode, 0)
  t.deepEqual([...lines()].sort(), ['h1 saw it', 'h2 saw it', 'h3 saw it', 'h4 saw it', 'once', 'once'])
})

test('a value that one host handed on to all is one value, for a host of a later play too', async t => {
  const { note, lines } = notebook(t)
  const once = note('once', { runOnce: 'run' })
  const later = note('later', { when: facts => facts.value(once.value).stdout === 'once' })
  const plays = [
    [['h1', 'h2'], [once]],
    ['h4', [later]],
  ] as const
  t.is((await playHere(plays, { hosts })).summary.exitCode, 0)
  t.deepEqual(lines(), ['once', 'later'])
})

test('who does not need it does not wait for it, and is not concerned by how it went', async t => {
  const { note, fail, lines } = notebook(t)
  const tasks = ({ host }: { readonly host: { readonly name: string } }) => [
    fail('once', { runOnce: 'run', when: host.name === 'h1' }),
    note(`${host.name} behind`),
  ]
  const played = await playHere([['g', tasks]], { hosts: ['h1', 'h2'] })
  t.deepEqual([...lines()].sort(), ['h2 behind', 'once'])
  t.is(played.summary.exitCode, 2)
})

test('what the first host had no reason to do, a later batch does not wait for', async t => {
  const { note, fail, lines } = notebook(t)
  const tasks = ({ host }: { readonly host: { readonly name: string } }) => [
    block({
      items: [host.name === 'h1' ? note('good') : fail('bad')],
      rescue: [note('once', { runOnce: 'run' })],
    }),
  ]
  const played = await playHere([['g', tasks, { serial: 1 }]], { hosts: ['h1', 'h2'] })
  t.deepEqual(lines(), ['good', 'bad'])
  t.is(played.summary.exitCode, 2)
})

test('where its condition is false on the first host, it is done for nobody, and nobody waits', async t => {
  const { note, lines } = notebook(t)
  const tasks = ({ host }: { readonly host: { readonly name: string } }) => [
    note('once', { runOnce: 'run', when: host.name !== 'h1' }),
    note('behind'),
  ]
  const played = await playHere([['g', tasks]], { hosts: ['h1', 'h2'] })
  t.deepEqual(lines(), ['behind', 'behind'])
  t.is(played.summary.exitCode, 0)
})

test('a desired state can be made once as well, and a check predicts it on the first host alone', async t => {
  const { directory } = notebook(t)
  const once = file({ path: `${directory}/x`, content: 'x', title: 'x', runOnce: 'run', ...me })
  const predicted = await playHere([['g', [once]]], { hosts: ['h1', 'h2'], mode: 'check' })
  t.deepEqual([...predicted.ends].sort(), ['h1 changed x', 'h2 skipped x'])
})
