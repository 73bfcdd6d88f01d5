import test from 'ava'
import { type Command, type Output, sh } from '../../../lib/command.ts'
import type { BatchOptions } from '../../../lib/connection/connection.ts'
import { readiness } from '../../../lib/engine/preflight.ts'
import { ConnectionError } from '../../../lib/errors.ts'
import { localRun } from '../../helpers/local-run.ts'
import { mountNamespace } from '../../helpers/mount-namespace.ts'
import { playHere } from '../../helpers/play-here.ts'
import { ShConnection } from '../../helpers/sh-connection.ts'
import { notebook, notices } from './notebook.ts'

const { script } = readiness.kind.ask(['host'])

/** A host that says something else about itself than is true. */
class Liar extends ShConnection {
  readonly noise: string | undefined
  readonly #lie: (truth: string) => string
  constructor(host: string, lie: (truth: string) => string, noise?: string) {
    super(host)
    this.#lie = lie
    this.noise = noise
  }
  override async batch(...[commands, options]: [readonly Command[], BatchOptions?]) {
    const outputs = await super.batch(commands, options)
    return outputs.map((output, i): Output | undefined =>
      output && commands[i]?.script === script
        ? { ...output, stdout: Buffer.from(this.#lie(output.stdout.toString())) }
        : output,
    )
  }
}

const clock = (shift: number) => (truth: string) =>
  truth.replace(/^clock (\d+)/m, (_, seconds) => `clock ${Number(seconds) + shift}`)
const missing = (programs: string) => (truth: string) => truth.replace(/^missing.*/m, `missing ${programs}`)
const full = (folder: string) => (truth: string) =>
  truth.replace(new RegExp(`^free ${folder} .*`, 'm'), `free ${folder} 12`)
const honest = (truth: string) => truth

const problemsOf = (played: Awaited<ReturnType<typeof playHere>>) =>
  played.events.flatMap(e => (e.type === 'preflight' ? e.problems.map(p => `${p.host}: ${p.message}`) : []))

test('what is wrong with any host is in one list, before anything is changed on one', async t => {
  const { note, lines } = notebook(t)
  const connections = {
    ahead: new Liar('ahead', clock(4000)),
    behind: new Liar('behind', clock(-4000)),
    bare: new Liar('bare', missing('stat sha256sum')),
    full: new Liar('full', full('/tmp')),
    both: new Liar('both', truth => clock(4000)(full('/var')(truth))),
    good: new Liar('good', honest),
    mute: new Liar('mute', () => 'welcome\n'),
  }
  const hosts = Object.keys(connections)
  const played = await playHere([['g', [note('a')]]], { hosts, connections })
  t.deepEqual(lines(), [])
  const problems = problemsOf(played)
  const of = (host: string) => problems.filter(p => p.startsWith(`${host}: `)).join('\n')
  t.regex(of('ahead'), /clock is (39|40)\d\d s ahead of this machine's$/)
  t.regex(of('behind'), /clock is (39|40)\d\d s behind this machine's$/)
  t.is(of('bare'), 'bare: it lacks stat, sha256sum')
  t.is(of('full'), 'full: no space is left on /tmp (12 KiB)')
  t.regex(of('both'), /ahead of.*\n.*no space is left on \/var/)
  t.is(of('good'), '')
  t.is(of('mute'), 'mute: the host does not say what it is like')
  t.is(played.events.filter(e => e.type === 'preflight').length, 1)
  t.is(played.summary.exitCode, 5)
})

test("what is wrong with a later play's host stops the first play", async t => {
  const { note, lines } = notebook(t)
  const connections = { h1: new ShConnection('h1'), h2: new Liar('h2', clock(4000)) }
  const plays = [
    ['h1', [note('first')]],
    ['h2', [note('second')]],
  ] as const
  const played = await playHere(plays, { hosts: ['h1', 'h2'], connections })
  t.deepEqual(lines(), [])
  t.is(problemsOf(played).length, 1)
  t.is(played.summary.exitCode, 5)
})

test('so does what is wrong with a host that a task, or only a handler, is delegated to', async t => {
  for (const delegated of ['task', 'handler']) {
    const { note, lines } = notebook(t)
    const there = note('there', { delegateTo: 'lb' })
    const tasks = delegated === 'task' ? [note('a'), there] : [note('a', { notify: there })]
    const connections = { h1: new ShConnection('h1'), lb: new Liar('lb', full('/')) }
    const played = await playHere([['h1', tasks]], { hosts: ['h1', 'lb'], connections })
    t.deepEqual(problemsOf(played), ['lb: no space is left on / (12 KiB)'])
    t.deepEqual(lines(), [])
  }
})

test('each user that would act is tried: one that nobody can become is a problem of the host', async t => {
  const { note, lines } = notebook(t)
  class NoSudo extends ShConnection {
    override async batch(...[commands, options]: [readonly Command[], BatchOptions?]) {
      if (options?.as === 'postgres')
        throw new ConnectionError(this.host, 'become', 'cannot become postgres: no such user')
      return super.batch(commands, options)
    }
  }
  const tasks = [note('a'), note('b', { become: 'postgres' })]
  const played = await playHere([['g', tasks]], { connections: { h1: new NoSudo('h1') } })
  t.deepEqual(problemsOf(played), ['h1: cannot become postgres: no such user'])
  t.deepEqual(lines(), [])
})

test('a run that changes nothing is not held up by it, and a check neither', async t => {
  const { note, lines } = notebook(t)
  const connections = { h1: new Liar('h1', clock(4000)) }
  t.is((await playHere([['g', [note('a', { when: () => false })]]], { connections })).summary.exitCode, 0)
  t.is((await playHere([['g', [note('a')]]], { connections, mode: 'check' })).summary.exitCode, 0)
  t.deepEqual(lines(), [])
})

test('a shell that prints by itself is named with what it said, and stops nothing', async t => {
  const { note, lines } = notebook(t)
  const connections = { h1: new Liar('h1', honest, 'Welcome to h1!'), h2: new Liar('h2', honest) }
  const played = await playHere([['g', ({ host }) => [note(host.name)]]], { hosts: ['h1', 'h2'], connections })
  t.deepEqual([...lines()].sort(), ['h1', 'h2'])
  const said = played.events.filter(e => e.type === 'notice')
  t.is(said.length, 1)
  t.is(said[0]?.host, 'h1')
  t.regex(notices(played)[0] ?? '', /rsync.*Welcome to h1!/s)
})

test.serial(
  'a clock is compared with the time of its own answer, not with that of what was asked beside it',
  async t => {
    const { note, lines } = notebook(t)
    const real = Date.now
    /** What is behind the clock in its batch takes 400 s. */
    class Slow extends ShConnection {
      override async batch(...[commands, options]: [readonly Command[], BatchOptions?]) {
        const outputs = await super.batch(commands, options)
        if (commands.some(one => one.script === script)) Date.now = () => real() + 400_000
        return outputs
      }
    }
    try {
      const played = await playHere([['g', [note('a')]]], { connections: { h1: new Slow('h1') } })
      t.deepEqual(problemsOf(played), [])
      t.deepEqual(lines(), ['a'])
    } finally {
      Date.now = real
    }
  },
)

test('a folder that df cannot tell of, and a read-only one, are no reason to refuse', async t => {
  const { note, lines } = notebook(t)
  const unknown = new Liar('unknown', truth => truth.replace(/^free \/tmp .*/m, 'free /tmp '))
  const played = await playHere([['g', [note('a')]]], { hosts: ['unknown'], connections: { unknown } })
  t.deepEqual(problemsOf(played), [])
  t.deepEqual(lines(), ['a'])
  const { inside } = await mountNamespace(t, ['sh'])
  await localRun({ script: sh`mount -t tmpfs -o size=64k tmpfs /var && mount -o remount,ro /var` }, inside)
  const { stdout } = await localRun(readiness.kind.ask(['host']), inside)
  t.regex(stdout.toString(), /^free \/ \d+$/m)
  t.notRegex(stdout.toString(), /^free \/var/m)
})

test('a user who cannot see the lease that another has there is said before the first change', async t => {
  const { note, lines } = notebook(t)
  const asked: (string | undefined)[] = []
  /** The login user's home is closed to the others. */
  class Closed extends ShConnection {
    override async batch(...[commands, options]: [readonly Command[], BatchOptions?]) {
      const fenced = commands.some(one => one.wraps?.script === 'true')
      if (!fenced) return super.batch(commands, options)
      asked.push(options?.as)
      const args = (one: Command) => ['/nonexistent', ...(one.args ?? []).slice(1)]
      return super.batch(
        commands.map(one => ({ ...one, args: args(one) })),
        options,
      )
    }
  }
  const tasks = [note('a'), note('b', { become: 'postgres' })]
  const played = await playHere([['g', tasks]], { connections: { h1: new Closed('h1') }, lease: { seconds: 30 } })
  t.is(played.summary.exitCode, 5)
  t.deepEqual(lines(), [])
  t.deepEqual(asked, ['postgres'])
  const refused = played.events.flatMap(e => (e.type === 'refused' ? [e.error.message] : []))
  t.deepEqual(refused, ['h1: postgres cannot see the lease that the login user has there'])
  t.true(played.events.some(e => e.type === 'lease' && e.state === 'released'))
  const open = await playHere([['g', tasks]], { lease: { seconds: 30 } })
  t.is(open.summary.exitCode, 0)
})
