import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import test from 'ava'
import { z } from 'zod'
import { anything, change, claim, mayCreate } from '../../lib/changes/change.ts'
import { sh } from '../../lib/command.ts'
import type { Facts } from '../../lib/dsl/facts.ts'
import { defineAction, defineTask } from '../../lib/dsl/task.ts'
import { ConnectionError, Refusal } from '../../lib/errors.ts'
import { content } from '../../lib/facts/content.ts'
import { digest } from '../../lib/facts/digest.ts'
import { defineFact } from '../../lib/facts/fact.ts'
import { path } from '../../lib/facts/path.ts'
import { Secret } from '../../lib/secret.ts'
import { file } from '../../lib/tasks/file.ts'
import { playHere } from '../helpers/play-here.ts'
import { me, scratch } from '../helpers/scratch.ts'
import { ShConnection } from '../helpers/sh-connection.ts'

const text = (p: string, content: string) => file({ path: p, content, mode: '0640', ...me })

/** A command whose effect nobody knows. */
const opaque = defineAction({
  name: 'opaque',
  params: z.strictObject({
    script: z.custom<ReturnType<typeof sh>>(),
    args: z.array(z.string()).default([]),
    guarded: z.boolean().default(false),
  }),
  title: () => 'an opaque command',
  run: ({ script, args, guarded }) =>
    change({ summary: 'run it', command: { script, args, guarded }, doubts: [anything('what it did')] }),
  result: output => output.stdout.toString().trim(),
})

/** Says that it writes, and does not. */
const liar = defineTask({
  name: 'liar',
  params: z.strictObject({ path: z.string() }),
  title: () => 'a lie',
  plan: async (p, facts) =>
    (await facts.get(digest(p.path))).sha256
      ? []
      : [
          change({
            summary: 'pretend',
            command: { script: sh`true` },
            makes: [claim(digest(p.path), { sha256: 'a'.repeat(64) })],
          }),
        ],
})

test('a run makes it so, reads it back, and a second run changes nothing in one round trip', async t => {
  const dir = scratch(t)
  const tasks = Array.from({ length: 50 }, (_, i) => text(`${dir}/${i}`, `file ${i}\n`))
  const first = await playHere([['g', tasks]])
  t.is(first.summary.exitCode, 0)
  t.deepEqual(first.summary.hosts.h1, { ok: 0, changed: 50, failed: 0, skipped: 0, unreachable: 0, unknown: 0 })
  t.is(readFileSync(`${dir}/49`, 'utf8'), 'file 49\n')
  t.is(first.roundTrips, 3) // the facts; the old contents and all changes; reading back
  const second = await playHere([['g', tasks]])
  t.is(second.summary.hosts.h1?.ok, 50)
  t.is(second.roundTrips, 1)
})

test('check mode predicts what the run then does, and writes nothing', async t => {
  const dir = scratch(t)
  writeFileSync(`${dir}/old`, 'old\n', { mode: 0o600 })
  const tasks = [text(`${dir}/old`, 'new\n'), text(`${dir}/fresh`, 'x\n'), text(`${dir}/fresh`, 'y\n')]
  const predicted = await playHere([['g', tasks]], { mode: 'check' })
  t.deepEqual(readdirSync(dir), ['old'])
  t.is(readFileSync(`${dir}/old`, 'utf8'), 'old\n')
  const did = await playHere([['g', tasks]])
  const changes = (events: typeof did.events) =>
    events.flatMap(e => (e.type === 'task' && e.state === 'ended' ? e.changes : []))
  t.deepEqual(changes(predicted.events), changes(did.events))
  t.regex(JSON.stringify(changes(did.events)), /-old.*\+new/)
  // The third task was planned against the second's effect, not against the empty host.
  t.regex(JSON.stringify(changes(did.events)[2]), /-x.*\+y/)
})

test('what an opaque change may have made is unknown in check mode, and planned when reached in a run', async t => {
  const dir = scratch(t)
  const install = defineTask({
    name: 'install',
    params: z.strictObject({}),
    title: () => 'install',
    plan: async (_, facts) =>
      (await facts.get(path(`${dir}/bin`))).type === 'file'
        ? []
        : [
            change({
              summary: 'install it',
              command: { script: sh`printf new >"$1/bin"; printf conf >"$1/conf"`, args: [dir] },
              doubts: [mayCreate('what the package brings')],
            }),
          ],
  })
  writeFileSync(`${dir}/present`, 'x')
  const tasks = [install({}), text(`${dir}/present`, 'y'), text(`${dir}/conf`, 'conf')]
  const predicted = await playHere([['g', tasks]], { mode: 'check' })
  t.deepEqual(predicted.ends, [
    'h1 changed install',
    `h1 changed file ${dir}/present`, // present before: the installation leaves it alone
    `h1 unknown file ${dir}/conf`, // absent before: the installation may bring it
  ])
  t.is(predicted.summary.exitCode, 0)
  const did = await playHere([['g', tasks]])
  t.is(did.summary.hosts.h1?.changed, 3) // conf has the mode of the umask, so the task had attributes to set
  t.is((await playHere([['g', tasks]])).summary.hosts.h1?.ok, 3)
})

test('a failing change stops those behind it, and shows its command, its output and the playbook line', async t => {
  const dir = scratch(t)
  const tasks = [text(`${dir}/a`, 'a'), opaque({ script: sh`echo out; echo err >&2; exit 7` }), text(`${dir}/b`, 'b')]
  const { ends, events, summary } = await playHere([['g', tasks]])
  t.deepEqual(ends, [`h1 changed file ${dir}/a`, 'h1 failed an opaque command', `h1 skipped file ${dir}/b`])
  t.is(summary.exitCode, 2)
  t.false(existsSync(`${dir}/b`))
  const failed = events.find(e => e.type === 'task' && e.state === 'ended' && e.outcome === 'failed')
  t.like(failed, { error: { kind: 'failed', code: 7, stdout: 'out\n', stderr: 'err\n', change: 'run it' } })
  t.regex(JSON.stringify(failed), /run\.test\.ts/)
})

test('a change that does not do what it claims is a failure of its task', async t => {
  const { events, summary } = await playHere([['g', [liar({ path: `${scratch(t)}/x` })]]])
  t.is(summary.exitCode, 2)
  t.regex(JSON.stringify(events), /is not what .*pretend.* should have made it/)
})

test('a connection lost in mid-change is neither success nor failure', async t => {
  const dir = scratch(t)
  const tasks = [text(`${dir}/a`, 'a'), text(`${dir}/b`, 'b'), text(`${dir}/c`, 'c')]
  const lost = new ShConnection('h1', { lostAt: c => /mv -/.test(c.script) && c.args?.[0] === `${dir}/b` })
  const { ends, summary } = await playHere([['g', tasks]], { connections: { h1: lost } })
  t.is(summary.exitCode, 4)
  t.deepEqual(
    ends,
    ['a', 'b', 'c'].map(n => `h1 unknown file ${dir}/${n}`),
  )
  t.true(existsSync(`${dir}/a`)) // it did happen; but nobody could read it back
  const again = await playHere([['g', tasks]])
  t.deepEqual(again.summary.hosts.h1, { ok: 1, changed: 2, failed: 0, skipped: 0, unreachable: 0, unknown: 0 })
})

test('a refusal is exit code 5, and nothing behind it happens', async t => {
  const dir = scratch(t)
  const refuse = defineTask({
    name: 'refuse',
    params: z.strictObject({}),
    title: () => 'refuse',
    plan: () => {
      throw new Refusal('node1 is a primary')
    },
  })
  const { ends, summary } = await playHere([['g', [text(`${dir}/a`, 'a'), refuse({}), text(`${dir}/b`, 'b')]]])
  t.deepEqual(ends, [`h1 changed file ${dir}/a`, 'h1 failed refuse', `h1 skipped file ${dir}/b`])
  t.is(summary.exitCode, 5)
})

test('a guard in the command itself refuses with its own words', async t => {
  const { events, summary } = await playHere([
    ['g', [opaque({ script: sh`echo 'not empty' >&2; exit 75`, guarded: true })]],
  ])
  t.is(summary.exitCode, 5)
  t.like(
    events.find(e => e.type === 'task' && e.state === 'ended'),
    { error: { kind: 'refused', message: 'not empty' } },
  )
})

test("a command's own exit code 75 is a failure, for only a guard can say that nothing was done", async t => {
  const { summary } = await playHere([['g', [opaque({ script: sh`exit 75` })]]])
  t.is(summary.exitCode, 2)
})

test('handlers run once, at the end, when something changed', async t => {
  const dir = scratch(t)
  const handler = opaque({ script: sh`echo x >>"$1/handled"`, args: [dir], title: 'reload' })
  const tasks = ['a', 'b'].map(n => file({ path: `${dir}/${n}`, content: n, ...me, notify: handler }))
  const check = await playHere([['g', tasks]], { mode: 'check' })
  t.is(check.ends.at(-1), 'h1 changed reload')
  t.false(existsSync(`${dir}/handled`))
  t.is((await playHere([['g', tasks]])).ends.at(-1), 'h1 changed reload')
  t.is(readFileSync(`${dir}/handled`, 'utf8'), 'x\n')
  t.is((await playHere([['g', tasks]])).summary.hosts.h1?.changed, 0)
})

test('a handler that was notified before a failure is owed, and that is said', async t => {
  const dir = scratch(t)
  const handler = opaque({ script: sh`true`, title: 'reload' })
  const tasks = [file({ path: `${dir}/a`, content: 'a', ...me, notify: handler }), opaque({ script: sh`false` })]
  const { events } = await playHere([['g', tasks]])
  t.deepEqual(
    events.flatMap(e => (e.type === 'handler' ? [`${e.title} ${e.state}`] : [])),
    ['reload owed'],
  )
})

test('a value that an action hands on is unknown in check mode and there in a run', async t => {
  const dir = scratch(t)
  const look = opaque({ script: sh`echo 42` })
  const use = defineTask({
    name: 'use',
    params: z.strictObject({}),
    title: () => 'use',
    plan: (_, facts) => text(`${dir}/value`, facts.value(look.value)).plan(facts),
  })
  const check = await playHere([['g', [look, use({})]]], { mode: 'check' })
  t.deepEqual(check.ends, ['h1 changed an opaque command', 'h1 unknown use'])
  await playHere([['g', [look, use({})]]])
  t.is(readFileSync(`${dir}/value`, 'utf8'), '42')
})

test('a plan may ask for the facts of another host, as planned changes will leave them', async t => {
  const dir = scratch(t)
  const copy = defineTask({
    name: 'copy',
    params: z.strictObject({}),
    title: () => 'copy',
    plan: async (_, facts) => {
      const { bytes } = await facts.on('h1').get(content(`${dir}/key`))
      return text(`${dir}/copy`, bytes?.toString() ?? 'none').plan(facts)
    },
  })
  const plays = [
    ['h1', [text(`${dir}/key`, 'key')]],
    ['h2', [copy({})]],
  ] as const
  const check = await playHere(plays, { hosts: ['h1', 'h2'], mode: 'check' })
  t.regex(JSON.stringify(check.events), /\+key/)
  await playHere(plays, { hosts: ['h1', 'h2'] })
  t.is(readFileSync(`${dir}/copy`, 'utf8'), 'key')
})

test('all hosts are reached before anything is changed on one, and what is wrong with any is said at once', async t => {
  const dir = scratch(t)
  const { events, summary } = await playHere(
    [
      ['g', ({ host }) => [text(`${dir}/${host.name}`, 'x')]],
      ['g', [text(`${dir}/later`, 'x')]],
    ],
    {
      hosts: ['h1', 'h2', 'h3'],
      connect: async host => {
        if (host.name !== 'h2') throw new ConnectionError(host.name, 'refused', 'nobody listens on 192.0.2.1:22')
        return new ShConnection(host.name)
      },
    },
  )
  t.is(summary.exitCode, 4)
  t.deepEqual(readdirSync(dir), [])
  t.deepEqual(
    events.flatMap(e => (e.type === 'unreachable' ? [e.host] : [])),
    ['h1', 'h3'],
  )
  t.true(events.some(e => e.type === 'notice' && e.text === 'play "play 1" was not started: h1, h3 did not finish'))
})

test('one question that cannot be answered fails its own task only', async t => {
  const dir = scratch(t)
  const picky = defineFact<string, string>({
    kind: 'picky',
    id: q => q,
    ask: qs => ({ script: sh`for q do [ "$q" = bad ] && exit 1; printf '%s\n' "$q"; done; exit 0`, args: qs }),
    parse: (output, qs) => {
      if (output.code !== 0) throw new Refusal('bad question')
      return qs
    },
  })
  const ask = defineTask({
    name: 'ask',
    params: z.strictObject({ q: z.string() }),
    title: p => p.q,
    plan: async (p, facts) => text(`${dir}/${p.q}`, await facts.get(picky(p.q))).plan(facts),
  })
  const { ends } = await playHere([['g', [ask({ q: 'good' }), ask({ q: 'bad' })]]])
  t.deepEqual(ends, ['h1 changed good', 'h1 failed bad'])
})

test('--expect-no-changes: 3 when something would change, 0 when nothing would', async t => {
  const dir = scratch(t)
  const tasks = [text(`${dir}/a`, 'a')]
  const options = { mode: 'check', expectNoChanges: true } as const
  t.is((await playHere([['g', tasks]], options)).summary.exitCode, 3)
  await playHere([['g', tasks]])
  t.is((await playHere([['g', tasks]], options)).summary.exitCode, 0)
})

test('an interrupted run begins nothing new and says so', async t => {
  const dir = scratch(t)
  const stop = new AbortController()
  const tasks = [
    opaque({ script: sh`true` }),
    defineTask({
      name: 'late',
      params: z.strictObject({}),
      title: () => 'late',
      plan: async (_, facts) => {
        await facts.get(path(dir))
        stop.abort()
        return text(`${dir}/late`, 'x').plan(facts)
      },
    })({}),
  ]
  const { ends, summary } = await playHere([['g', tasks]], { signal: stop.signal })
  t.is(summary.exitCode, 130)
  t.is(ends.at(-1), 'h1 skipped late')
  t.false(existsSync(`${dir}/late`))
})

test('what was ok only because of a change that then failed is not reported ok', async t => {
  const dir = scratch(t)
  writeFileSync(`${dir}/there`, '', { mode: 0o640 })
  const tasks = [
    text(`${dir}/there`, ''),
    text(`${dir}/none/of/this`, 'x'), // its directory is not there: fails
    text(`${dir}/there`, ''),
  ]
  const { ends } = await playHere([['g', tasks]])
  t.deepEqual(ends, [`h1 ok file ${dir}/there`, `h1 failed file ${dir}/none/of/this`, `h1 skipped file ${dir}/there`])
})

test('what a command claims is known, though the rest of its effects is not', async t => {
  const dir = scratch(t)
  const claims = defineTask({
    name: 'claims',
    params: z.strictObject({}),
    title: () => 'claims',
    plan: () => [
      change({
        summary: 'make it',
        command: { script: sh`true` },
        makes: [claim(path(`${dir}/made`), { type: 'file', mode: '0640', ...me })],
        doubts: [anything('what else it does')],
      }),
    ],
  })
  const wants = defineTask({
    name: 'wants',
    params: z.strictObject({ path: z.string() }),
    title: p => p.path,
    plan: async (p, facts) => {
      await facts.get(path(p.path))
      return []
    },
  })
  const tasks = [claims({}), wants({ path: `${dir}/made` }), wants({ path: dir })]
  const { ends } = await playHere([['g', tasks]], { mode: 'check' })
  t.deepEqual(ends, ['h1 changed claims', `h1 ok ${dir}/made`, `h1 unknown ${dir}`])
})

const asks = <A>(title: string, of: (facts: Facts) => Promise<A>, wanted: (answer: A) => boolean) =>
  defineTask({
    name: 'asks',
    params: z.strictObject({}),
    title: () => title,
    plan: async (_, facts) => {
      if (!wanted(await of(facts))) throw new Refusal(`${title}: no`)
      return []
    },
  })({})

test('in a run another host is seen as it is, not as its plan would have it', async t => {
  const dir = scratch(t)
  const promises = defineTask({
    name: 'promises',
    params: z.strictObject({}),
    title: () => 'promises',
    plan: () => [
      change({
        summary: 'promise a file',
        command: { script: sh`sleep 0.3; exit 1` },
        makes: [claim(path(`${dir}/x`), { type: 'file', mode: '0640', ...me })],
      }),
    ],
  })
  // h2 looks while h1, all planned, is applying what will fail.
  let applying = (): void => {}
  const begun = new Promise<void>(resolve => {
    applying = resolve
  })
  const h1 = new ShConnection('h1', {
    lostAt: ({ script }) => {
      if (script.startsWith('sleep')) applying()
      return false
    },
  })
  const look = async (f: Facts) => {
    await begun
    return f.on('h1').get(path(`${dir}/x`))
  }
  const there = asks('there', look, a => a.type === 'file')
  const { ends, summary } = await playHere([['g', ({ host }) => (host.name === 'h1' ? [promises({})] : [there])]], {
    hosts: ['h1', 'h2'],
    connections: { h1, h2: new ShConnection('h2') },
  })
  t.deepEqual([...ends].sort(), ['h1 failed promises', 'h2 failed there'])
  t.is(summary.exitCode, 5)
})

test('what a host did shows in what it then asks of another', async t => {
  const dir = scratch(t)
  const touch = opaque({ script: sh`: >"$1/x"`, args: [dir] })
  const there = asks(
    'there',
    f => f.on('h2').get(path(`${dir}/x`)),
    a => a.type === 'file',
  )
  const { summary } = await playHere([['h1', [touch, there]]], { hosts: ['h1', 'h2'] })
  t.is(summary.exitCode, 0)
})

test('a claim is read back before a later command may undo it', async t => {
  const dir = scratch(t)
  const move = opaque({ script: sh`mv "$1/a" "$1/b"`, args: [dir] })
  const { ends, summary } = await playHere([['g', [text(`${dir}/a`, 'a'), move]]])
  t.deepEqual(ends, [`h1 changed file ${dir}/a`, 'h1 changed an opaque command'])
  t.is(summary.exitCode, 0)
})

test('a handler whose condition is false is skipped, and the others still run once', async t => {
  const dir = scratch(t)
  const note = (word: string, when?: boolean) =>
    opaque({ script: sh`echo "$2" >>"$1/log"`, args: [dir, word], title: word, ...(when !== undefined && { when }) })
  const tasks = [file({ path: `${dir}/a`, content: '', ...me, notify: [note('never', false), note('once')] })]
  const { ends } = await playHere([['g', tasks]])
  t.deepEqual(ends.slice(1), ['h1 skipped never', 'h1 changed once'])
  t.is(readFileSync(`${dir}/log`, 'utf8'), 'once\n')
})

test('a handler may notify another, and the same handler written down twice runs once', async t => {
  const dir = scratch(t)
  const last = () => opaque({ script: sh`echo last >>"$1/log"`, args: [dir], title: 'last' })
  const first = () => opaque({ script: sh`echo first >>"$1/log"`, args: [dir], title: 'first', notify: last() })
  const tasks = ['a', 'b'].map(n => file({ path: `${dir}/${n}`, content: '', ...me, notify: first() }))
  t.is((await playHere([['g', tasks]])).summary.exitCode, 0)
  t.is(readFileSync(`${dir}/log`, 'utf8'), 'first\nlast\n')
})

test('a handler of a change that nobody saw end is owed', async t => {
  const dir = scratch(t)
  const task = file({ path: `${dir}/a`, content: '', ...me, notify: opaque({ script: sh`true`, title: 'reload' }) })
  const lost = new ShConnection('h1', { lostAt: c => /mv -/.test(c.script) })
  const { events } = await playHere([['g', [task]]], { connections: { h1: lost } })
  t.deepEqual(
    events.flatMap(e => (e.type === 'handler' ? [`${e.title} ${e.state}`] : [])),
    ['reload owed'],
  )
})

test('behind an opaque task whose plan is unknown nothing is known', async t => {
  const dir = scratch(t)
  const maybe = defineTask({
    name: 'maybe',
    params: z.strictObject({}),
    title: () => 'maybe',
    opaque: true,
    plan: async (_, facts) => {
      await facts.get(path(`${dir}/x`))
      return []
    },
  })
  const tasks = [opaque({ script: sh`true` }), maybe({}), text(`${dir}/other`, '')]
  t.deepEqual((await playHere([['g', tasks]], { mode: 'check' })).ends.slice(1), [
    'h1 unknown maybe',
    `h1 unknown file ${dir}/other`,
  ])
})

test('a later play predicts its differences from what the earlier one will have made', async t => {
  const dir = scratch(t)
  writeFileSync(`${dir}/x`, '1\n', { mode: 0o640 })
  const plays = [
    ['g', [text(`${dir}/x`, '2\n')]],
    ['g', [text(`${dir}/x`, '3\n')]],
  ] as const
  const diffs = async (mode: 'check' | 'apply') =>
    (await playHere(plays, { mode })).events.flatMap(e =>
      e.type === 'task' && e.state === 'ended' ? e.changes.flatMap(c => c.diffs.flatMap(d => d.texts)) : [],
    )
  const predicted = await diffs('check')
  t.deepEqual(predicted.at(-1)?.lines, ['@@ -1,1 +1,1 @@', '-2', '+3'])
  t.deepEqual(await diffs('apply'), predicted)
})

test('an answer that may depend on anything is not known behind a planned change', async t => {
  const dir = scratch(t)
  const probe = defineFact<string, string>({
    kind: 'probe',
    id: q => q,
    dependsOnAnything: true,
    ask: qs => ({ script: sh`for q do [ -e "$q" ] && echo yes || echo no; done`, args: qs }),
    parse: o => o.stdout.toString().trim().split('\n'),
  })
  const there = asks(
    'there',
    f => f.get(probe(`${dir}/a`)),
    a => a === 'yes',
  )
  const tasks = [text(`${dir}/a`, ''), there]
  t.deepEqual((await playHere([['g', tasks]], { mode: 'check' })).ends, [
    `h1 changed file ${dir}/a`,
    'h1 unknown there',
  ])
  t.is((await playHere([['g', tasks]])).summary.exitCode, 0)
})

test('in check mode a refusal behind an unknown task is unknown too, and alone it is a refusal', async t => {
  const dir = scratch(t)
  const refusing = asks(
    'there',
    f => f.get(path(`${dir}/x`)),
    a => a.type === 'file',
  )
  const unknown = defineTask({
    name: 'unknown',
    params: z.strictObject({}),
    title: () => 'unknown',
    plan: (_, facts) => [facts.value(opaque({ script: sh`true` }).value) as never],
  })
  const check = { mode: 'check' } as const
  t.is((await playHere([['g', [refusing]]], check)).summary.exitCode, 5)
  const behind = await playHere([['g', [unknown({}), refusing]]], check)
  t.deepEqual(behind.ends, ['h1 unknown unknown', 'h1 unknown there'])
})

test("in check mode only what could reach another host makes that host's facts unknown", async t => {
  const dir = scratch(t)
  const there = asks(
    'there',
    f => f.on('h2').get(path(dir)),
    a => a.type === 'directory',
  )
  const check = { mode: 'check', hosts: ['h1', 'h2'] } as const
  const secret = file({ path: `${dir}/s`, content: new Secret('tops3cret'), ...me })
  t.is((await playHere([['h1', [secret, there]]], check)).ends.at(-1), 'h1 ok there')
  t.is((await playHere([['h1', [opaque({ script: sh`true` }), there]]], check)).ends.at(-1), 'h1 unknown there')
})
