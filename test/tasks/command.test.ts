import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { sh } from '../../lib/command.ts'
import { type PathState, path } from '../../lib/facts/path.ts'
import { succeeds } from '../../lib/facts/succeeds.ts'
import { Secret } from '../../lib/secret.ts'
import { command } from '../../lib/tasks/command.ts'
import { runCommand } from '../../lib/tasks/run-command.ts'
import { planned, shells } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { localFacts, localRun } from '../helpers/local-run.ts'
import { isRoot } from '../helpers/me.ts'
import { scratch } from '../helpers/scratch.ts'

const there: PathState = { type: 'directory', mode: '0755', owner: 'root', group: 'root' }
const absent: PathState = { type: 'absent' }
const unless = { script: sh`[ -e "$1" ]`, args: ['/x'] }
const facts = (now: { creates?: boolean; removes?: boolean; done?: boolean }) =>
  fakeFacts([
    answer(path('/new'), now.creates ? there : absent),
    answer(path('/old'), now.removes ? there : absent),
    answer(succeeds(unless), { succeeds: now.done === true }),
  ])
const argv: [string, ...string[]] = ['make', 'a b']
const needed = async (task: { plan: ReturnType<typeof command>['plan'] }, now: Parameters<typeof facts>[0]) =>
  (await task.plan(facts(now))).length === 1

test('creates: run where the path is absent', async t => {
  t.true(await needed(command({ argv, creates: '/new' }), {}))
  t.false(await needed(command({ argv, creates: '/new' }), { creates: true }))
})

test('removes: run where the path is there, which it is not afterwards', async t => {
  t.false(await needed(command({ argv, removes: '/old' }), {}))
  await planned(t, command({ argv, removes: '/old' }), facts({ removes: true }), ['run make a b'])
})

test('unless: run where the test fails, which succeeds afterwards', async t => {
  t.false(await needed(command({ argv, unless }), { done: true }))
  await planned(t, command({ argv, unless }), facts({}), ['run make a b'])
})

test('of several guards, all must say that it is needed', async t => {
  const task = command({ argv, creates: '/new', removes: '/old', unless })
  t.true(await needed(task, { removes: true }))
  t.false(await needed(task, { removes: true, creates: true }))
  t.false(await needed(task, {}))
  t.false(await needed(task, { removes: true, done: true }))
})

test('nothing stays known afterwards', async t => {
  const [change] = await command({ argv, creates: '/new' }).plan(facts({}))
  t.true(change?.doubts.some(d => d.covers(path('/etc/x') as never, there)))
})

test('a command without a guard, with two programs or with none is a mistake', t => {
  // @ts-expect-error no guard
  t.throws(() => command({ argv }), { message: /needs creates, removes or unless/ })
  // @ts-expect-error two programs
  t.throws(() => command({ argv, script: sh`x`, creates: '/new' }), { message: /give argv, or script/ })
  // @ts-expect-error no program
  t.throws(() => command({ creates: '/new' }), { message: /give argv, or script/ })
  // @ts-expect-error a script is made by the sh tag only
  t.throws(() => runCommand({ script: 1 }), { message: /must be a script/ })
  t.throws(() => runCommand({ argv: ['a\0b'] }), { message: /NUL/ })
})

for (const [shell] of shells) {
  test(`arguments arrive as they are, ${shell}`, async t => {
    const odd: [string, ...string[]] = ['printf', '<%s>', "it's", 'a  b', '$HOME', '*', '', '-n', 'new\nline', '"; id']
    const [change] = await runCommand({ argv: odd }).plan(facts({}))
    const { stdout } = await localRun(change!.command, [shell])
    t.is(
      stdout.toString(),
      odd
        .slice(2)
        .map(word => `<${word}>`)
        .join(''),
    )
  })

  test(`a script has its own arguments, stdin and directory, ${shell}`, async t => {
    const directory = scratch(t)
    const task = runCommand({
      script: sh`printf '%s %s %s ' "$#" "$2" "$PWD"; cat`,
      args: ['x', 'y z'],
      stdin: new Secret('tops3cret'),
      directory,
    })
    const [change] = await task.plan(facts({}))
    t.false(JSON.stringify(change).includes('tops3cret'))
    const output = await localRun(change!.command, [shell])
    t.is(output.stdout.toString(), `2 y z ${directory} tops3cret`)
    t.deepEqual(task.result(output), { code: 0, stdout: `2 y z ${directory} tops3cret`, stderr: '' })
  })

  const asRoot = isRoot ? test : test.skip
  asRoot(`where it begins may be closed to the user that it runs as, ${shell}`, async t => {
    const home = scratch(t)
    const as = ['setpriv', '--reuid=51030', '--regid=51030', '--clear-groups', shell]
    const inHome = ['sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', home, ...as]
    const [change] = await runCommand({ argv: ['pwd'] }).plan(facts({}))
    const { code, stdout, stderr } = await localRun(change!.command, inHome)
    t.is(code, 0, stderr.toString())
    t.is(stdout.toString(), '/\n')
    // 75 is a code like any other where no guard of ours stands.
    t.falsy(change?.command.guarded)
  })

  test(`its exit code is kept, and set -e works in a script, ${shell}`, async t => {
    const codeOf = async (task: ReturnType<typeof runCommand>) =>
      (await localRun((await task.plan(facts({})))[0]!.command, [shell])).code
    t.is(await codeOf(runCommand({ argv: ['sh', '-c', 'exit 7'] })), 7)
    t.is(await codeOf(runCommand({ script: sh`set -e; false; true` })), 1)
    t.is(await codeOf(runCommand({ argv: ['no-such-program'] })), 127)
    t.not(await codeOf(runCommand({ argv: ['true'], directory: '/no/such/directory' })), 0)
  })

  test(`what was promised must be there: creates, ${shell}`, async t => {
    const made = join(scratch(t), 'a b')
    const run = async (program: [string, ...string[]]) => {
      const [change] = await command({ argv: program, creates: made }).plan(localFacts([shell]))
      return localRun(change!.command, [shell])
    }
    const idle = await run(['true'])
    t.is(idle.code, 1)
    t.regex(idle.stderr.toString(), /did not create .*a b/)
    t.is((await run(['touch', made])).code, 0)
    t.deepEqual(await command({ argv: ['true'], creates: made }).plan(localFacts([shell])), [])
  })

  test(`what was promised must be gone: removes, ${shell}`, async t => {
    const old = join(scratch(t), 'old')
    mkdirSync(old)
    writeFileSync(join(old, 'x'), '')
    const run = async (program: [string, ...string[]]) => {
      const [change] = await command({ argv: program, removes: old }).plan(localFacts([shell]))
      return localRun(change!.command, [shell])
    }
    t.regex((await run(['true'])).stderr.toString(), /did not remove/)
    t.is((await run(['rm', '-r', old])).code, 0)
    t.false(existsSync(old))
  })
}
