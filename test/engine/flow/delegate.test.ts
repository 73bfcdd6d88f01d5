import { readFileSync } from 'node:fs'
import test from 'ava'
import { z } from 'zod'
import { anything, change } from '../../../lib/changes/change.ts'
import { sh } from '../../../lib/command.ts'
import type { BatchOptions } from '../../../lib/connection/connection.ts'
import { defineTask } from '../../../lib/dsl/task.ts'
import { content } from '../../../lib/facts/content.ts'
import { assert } from '../../../lib/tasks/assert.ts'
import { file } from '../../../lib/tasks/file.ts'
import { runCommand } from '../../../lib/tasks/run-command.ts'
import { playHere } from '../../helpers/play-here.ts'
import { me, scratch } from '../../helpers/scratch.ts'
import { ShConnection } from '../../helpers/sh-connection.ts'
import { endOf, notebook } from './notebook.ts'

const hosts = ['h1', 'h2', 'lb']

/** Keeps what was sent to which host. */
class Recording extends ShConnection {
  readonly sent: string[] = []
  override batch(...[commands, options]: [Parameters<ShConnection['batch']>[0], BatchOptions?]) {
    this.sent.push(...commands.map(c => (c.args ?? []).join(' ')))
    return super.batch(commands, options)
  }
}

test('it is sent to the other host, reads facts there, and the title says where', async t => {
  const { note, directory } = notebook(t)
  const connections = { h1: new Recording('h1'), h2: new Recording('h2'), lb: new Recording('lb') }
  const where = assert({ refusal: 'x', title: 'where', delegateTo: 'lb', that: async f => f.host === 'lb' || f.host })
  const drain = note('drain', { delegateTo: 'lb' })
  const state = file({ path: `${directory}/x`, content: 'x', title: 'state', delegateTo: 'lb', ...me })
  const played = await playHere([['h1', [where, drain, state, note('own')]]], { hosts, connections })
  t.is(played.summary.exitCode, 0)
  t.deepEqual(played.ends, [
    'h1 ok where (on lb)',
    'h1 changed drain (on lb)',
    'h1 changed state (on lb)',
    'h1 changed own',
  ])
  const has = (name: 'h1' | 'lb', word: string) => connections[name].sent.some(args => args.includes(word))
  t.true(has('lb', 'drain') && has('lb', `${directory}/x`) && has('h1', 'own'))
  t.false(has('h1', 'drain') || has('h1', `${directory}/x`) || has('lb', 'own'))
})

test('a group of one host is as good as its name', async t => {
  const { note } = notebook(t)
  t.deepEqual((await playHere([['h1', [note('a', { delegateTo: 'h2' })]]], { hosts })).ends, ['h1 changed a (on h2)'])
})

test('in check mode nothing is sent, and what is predicted for the other host is seen there', async t => {
  const { directory } = notebook(t)
  const make = file({ path: `${directory}/x`, content: 'from h1', title: 'make', delegateTo: 'lb', ...me })
  const see = assert({
    refusal: 'x',
    title: 'see',
    that: async f => (await f.on('lb').get(content(`${directory}/x`))).bytes?.toString() === 'from h1' || 'not there',
  })
  const played = await playHere([['h1', [make, see]]], { hosts, mode: 'check' })
  t.deepEqual(played.ends, ['h1 changed make (on lb)', 'h1 ok see'])
})

test('what was read of the other host before is read again after it was changed from here', async t => {
  const { directory } = notebook(t)
  const seen = (wanted: string) =>
    assert({
      refusal: 'x',
      title: wanted,
      that: async f =>
        ((await f.on('lb').get(content(`${directory}/x`))).bytes?.toString() ?? 'none') === wanted || 'no',
    })
  const make = file({ path: `${directory}/x`, content: 'made', title: 'make', delegateTo: 'lb', ...me })
  const played = await playHere([['h1', [seen('none'), make, seen('made')]]], { hosts })
  t.deepEqual(played.ends, ['h1 ok none', 'h1 changed make (on lb)', 'h1 ok made'])
})

test("what it hands on is the value of the play's own host, and seen as such where the next task is delegated", async t => {
  const directory = scratch(t)
  const number = runCommand({
    script: sh`echo x >>"$1/n"; wc -l <"$1/n"`,
    args: [directory],
    title: 'number',
    delegateTo: 'lb',
  })
  const seen: string[] = []
  const looks = ({ host }: { readonly host: { readonly name: string } }) =>
    [{}, { delegateTo: 'lb' }].map(options =>
      assert({
        refusal: 'x',
        that: async facts => {
          seen.push(`${host.name} ${facts.value(number.value).stdout.trim()}`)
          return true
        },
        ...options,
      }),
    )
  const own = ['h1', 'h2']
  const played = await playHere(
    [
      [own, [number], { serial: 1 }],
      [own, looks],
    ],
    { hosts },
  )
  t.is(played.summary.exitCode, 0)
  t.deepEqual([...new Set(seen)].sort(), ['h1 1', 'h2 2'])
})

test('the same action delegated by two hosts is done twice, also where actions run as jobs', async t => {
  const { note, lines } = notebook(t)
  const plays = [
    ['g', ({ host }: { host: { name: string } }) => (host.name === 'lb' ? [] : [note('a', { delegateTo: 'lb' })])],
  ] as const
  const played = await playHere(plays, { hosts, lease: { seconds: 60 } })
  t.is(played.summary.exitCode, 0, JSON.stringify(played.ends))
  t.deepEqual(lines(), ['a', 'a'])
})

test('tasks that two hosts delegate to a third at once never interleave', async t => {
  const log = `${scratch(t)}/log`
  const two = defineTask({
    name: 'two',
    params: z.strictObject({ who: z.string() }),
    title: p => `two of ${p.who}`,
    plan: ({ who }) =>
      ['begin', 'end'].map(word =>
        change({
          summary: word,
          command: { script: sh`sleep 0.05; echo "$2" >>"$1"`, args: [log, `${who} ${word}`] },
          doubts: [anything('it')],
          // Judged, and so sent alone: between the two there is a moment for others.
          judge: () => 'changed',
        }),
      ),
  })
  const many = ['h1', 'h2', 'h3', 'h4']
  const tasks = ({ host }: { readonly host: { readonly name: string } }) => [two({ who: host.name, delegateTo: 'h1' })]
  const played = await playHere([['g', tasks]], { hosts: many })
  t.is(played.summary.exitCode, 0)
  const words = readFileSync(log, 'utf8').trim().split('\n')
  t.is(words.length, 8)
  for (let i = 0; i < words.length; i += 2) t.is(words[i + 1], words[i]?.replace('begin', 'end'))
})

test('where the other host is lost in mid-change, the task is unknown, and the play stops', async t => {
  const { note, lines } = notebook(t)
  const connections = {
    h1: new ShConnection('h1'),
    h2: new ShConnection('h2'),
    lb: new ShConnection('lb', { lostAt: c => c.args?.includes('drain') ?? false }),
  }
  const played = await playHere([['h1', [note('drain', { delegateTo: 'lb' }), note('behind')]]], { hosts, connections })
  t.deepEqual(played.ends, ['h1 unknown drain (on lb)', 'h1 skipped behind'])
  t.deepEqual(lines(), [])
  t.is(played.summary.exitCode, 4)
})

test('the other host is reached before anything is changed, also where only a handler goes there', async t => {
  const { note, lines } = notebook(t)
  const work = note('work', { notify: note('handler', { delegateTo: 'lb' }) })
  const played = await playHere([['h1', [work]]], {
    hosts,
    connect: async ({ name }) => {
      if (name === 'lb') throw new Error('no lb today')
      return new ShConnection(name)
    },
  })
  t.deepEqual(lines(), [])
  t.true(played.events.some(e => e.type === 'unreachable' && e.host === 'lb'))
})

test('it notifies handlers of the host that delegates', async t => {
  const { note } = notebook(t)
  const played = await playHere([['h1', [note('a', { delegateTo: 'lb', notify: note('handler') })]]], { hosts })
  t.deepEqual(played.ends, ['h1 changed a (on lb)', 'h1 changed handler'])
  t.is(endOf(played, 'handler').host, 'h1')
})
