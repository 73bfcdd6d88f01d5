import test from 'ava'
import { z } from 'zod'
import { block } from '../../../lib/dsl/item.ts'
import { type Play, type PlayContext, play, playbook } from '../../../lib/dsl/playbook.ts'
import { run } from '../../../lib/engine/run.ts'
import { UsageError } from '../../../lib/errors.ts'
import { runCommand } from '../../../lib/tasks/run-command.ts'
import { hostNamed } from '../../helpers/play-here.ts'

const argv: [string] = ['true']

/** All that is said of the playbook, before any connection. */
const mistakesOf = (plays: () => readonly Play<string, unknown>[], names = ['h1', 'h2']) => {
  const book = playbook({ name: 'test', groups: ['g', ...names] as string[], vars: z.unknown(), plays })
  const error = (() => {
    try {
      run(book, names.map(hostNamed), {
        mode: 'apply',
        forks: 1,
        expectNoChanges: false,
        signal: new AbortController().signal,
        connect: () => Promise.reject(new Error('no connection may be made')),
      })
    } catch (thrown) {
      return thrown
    }
    return undefined
  })()
  if (error !== undefined && !(error instanceof UsageError)) throw error
  return error?.problems ?? []
}

const messages = (...of: Parameters<typeof mistakesOf>) => mistakesOf(...of).map(p => p.message)

test('every mistake of every option of every play is said at once, each with its line', t => {
  const problems = mistakesOf(() => [
    play('one', { hosts: 'g', serial: [] }, () => [
      runCommand({ argv, retries: { attempts: 0, delaySeconds: -1 } }),
      runCommand({ argv, deadlineSeconds: -1 }),
      runCommand({ argv, delegateTo: 'nobody' }),
      block({ items: [runCommand({ argv, delegateTo: 'g' })] }),
    ]),
    play('two', { hosts: 'g', serial: 0 }, [
      runCommand({ argv, timeoutSeconds: 0 }),
      runCommand({ argv, notify: runCommand({ argv, delegateTo: 'noboby' }) }),
      runCommand({ argv, title: 'ok', notify: runCommand({ argv, runOnce: 'run', title: 'handler' }) }),
    ]),
  ])
  t.deepEqual(problems.map(p => p.message).sort(), [
    'block: needs rescue or always; without, list the tasks themselves',
    'runCommand: deadlineSeconds: must be more than 0 and at most 604800',
    'runCommand: delegateTo: g is a group of 2 hosts: h1, h2',
    'runCommand: delegateTo: noboby is neither a host nor a group of the inventory',
    'runCommand: delegateTo: nobody is neither a host nor a group of the inventory',
    'runCommand: notify: "handler" must not have runOnce',
    'runCommand: retries.attempts: must be a whole number of at least 1',
    'runCommand: retries.delaySeconds: must be a number from 0 to 86400',
    'runCommand: timeoutSeconds: Too small: expected number to be >=1',
    "serial: must be a whole number of at least 1, or more than '0%' and at most '100%'",
    'serial: needs at least one size',
  ])
  for (const { at } of problems) {
    t.regex(at?.file ?? '', /mistakes\.test\.ts$/)
    t.true((at?.line ?? 0) > 30)
  }
})

test('numbers that a type lets through', t => {
  const of = (options: Partial<Parameters<typeof runCommand>[0]>) =>
    messages(() => [play('p', { hosts: 'g' }, () => [runCommand({ argv, ...options } as never)])]).length
  for (const attempts of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    t.is(of({ retries: { attempts, delaySeconds: 0 } }), 1, String(attempts))
  for (const delaySeconds of [-1, Number.NaN, 86_401]) t.is(of({ retries: { attempts: 1, delaySeconds } }), 1)
  for (const deadlineSeconds of [0, -1, Number.NaN, 604_801]) t.is(of({ deadlineSeconds }), 1)
  t.is(of({ retries: { attempts: 1, delaySeconds: 0 }, deadlineSeconds: 0.5 }), 0)
  const serial = (size: number | `${number}%`) => messages(() => [play('p', { hosts: 'g', serial: size }, [])]).length
  for (const size of [0, -1, 1.5, Number.NaN, '0%', '101%', '-5%', '1e1%'] as const) t.is(serial(size), 1, String(size))
  for (const size of [1, 100, '1%', '100%', '12.5%'] as const) t.is(serial(size), 0, String(size))
})

test('a name that is nearly one is suggested', t => {
  const [problem] = mistakesOf(
    () => [play('p', { hosts: 'g' }, [runCommand({ argv, delegateTo: 'balancr' })])],
    ['h1', 'balancer'],
  )
  t.is(problem?.hint, 'Did you mean balancer?')
})

test('what runs once must be the same on all hosts, or the others would wait for what never comes', t => {
  const own = ({ host }: PlayContext<unknown>) => [runCommand({ argv: ['echo', host.name], runOnce: 'run' })]
  t.deepEqual(
    messages(() => [play('p', { hosts: 'g' }, own)]),
    ['runCommand: runOnce: it is not the same on all hosts of the play "p": see h2, h1'],
  )
  const some = ({ host }: PlayContext<unknown>) =>
    host.name === 'h2' ? [runCommand({ argv, runOnce: 'batch' })] : [runCommand({ argv: ['false'] })]
  t.deepEqual(
    messages(() => [play('p', { hosts: 'g' }, some)]),
    ['runCommand: runOnce: it is not the same on all hosts of the play "p": see h1'],
  )
  const when = ({ host }: PlayContext<unknown>) => [runCommand({ argv, runOnce: 'run', when: host.name !== 'h1' })]
  t.deepEqual(
    messages(() => [play('p', { hosts: 'g' }, when)]),
    [],
  )
})

test('two plays of the same name are a mistake: journals, plans and jobs know them by it', t => {
  const two = () => ['p', 'p'].map(name => play(name, { hosts: 'g' }, [runCommand({ argv })]))
  t.deepEqual(messages(two), ['two plays are called "p"'])
})

test('a task whose params are wrong throws at once where nobody collects', t => {
  t.throws(() => runCommand({ argv, timeoutSeconds: 0 }), { instanceOf: UsageError, message: /timeoutSeconds/ })
  t.throws(() => play('p', { hosts: 'g', serial: 0 }, []), { instanceOf: UsageError, message: /serial/ })
})

test('a playbook that throws because of a mistake before it names the mistake', t => {
  const said = messages(() => [
    play('p', { hosts: 'g' }, () => {
      runCommand({ argv, deadlineSeconds: 0 })
      throw new TypeError('a consequence')
    }),
  ])
  t.deepEqual(said, ['runCommand: deadlineSeconds: must be more than 0 and at most 604800'])
})

test('what is no mistake of an option is thrown as it is', t => {
  const bug = () => [
    play('p', { hosts: 'g' }, () => {
      throw new TypeError('a bug')
    }),
  ]
  t.throws(() => messages(bug), { instanceOf: TypeError, message: 'a bug' })
})

/** What no type lets through, as a playbook has it all the same: nothing checks types when it runs. */
const untyped = <T>(value: unknown): T => value as T

test('options of tasks and plays that no type would let through are said, all of them', t => {
  const wrong = untyped<object>({
    title: 3,
    become: 3,
    tags: 'conf',
    when: 'yes',
    runOnce: 'never',
    ignoreFailure: 'no',
    notify: 'restart',
    retries: { attempts: 2, delaySeconds: 0, untill: 1 },
    deadlineSeconds: '5',
    delegateTo: 1,
  })
  const problems = mistakesOf(() => [
    play('one', untyped({ hostz: 'g', become: 3 }), [runCommand({ argv, ...wrong })]),
    play('two', untyped({ hosts: ['g', 3], tags: 'conf' }), []),
    play('three', untyped('g'), [block(untyped({ items: [], resuce: [], always: [] }))]),
  ])
  t.deepEqual(problems.map(p => p.message).sort(), [
    'block: resuce: there is no such option. Did you mean rescue?',
    'play "one": become: must be true, false or the name of a user',
    'play "one": hostz: there is no such option. Did you mean hosts?',
    'play "three": the options must be an object',
    'play "two": hosts: must be the name of a group, or a list of them',
    'play "two": tags: must be a list of text, such as [\'web\']',
    'runCommand: become: must be true, false or the name of a user',
    'runCommand: deadlineSeconds: must be a number',
    'runCommand: delegateTo: must be text',
    'runCommand: ignoreFailure: must be true or false',
    'runCommand: notify: must be a task, or a list of tasks',
    'runCommand: retries: untill: there is no such option. Did you mean until?',
    "runCommand: runOnce: must be 'run' or 'batch'",
    "runCommand: tags: must be a list of text, such as ['web']",
    'runCommand: title: must be text',
    'runCommand: when: must be true, false or a function',
  ])
  t.deepEqual(messages(() => [play('p', untyped({}), [])])[0], 'play "p": hosts: must be given')
  for (const { at } of problems) t.regex(at?.file ?? '', /mistakes\.test\.ts$/)
})

test('what is nothing is left out of a list, and what is no task is said', t => {
  const task = runCommand({ argv })
  const never = (): boolean => false
  const listed = play('p', { hosts: 'g' }, () => [never() && task, null, undefined, task])
  t.deepEqual(listed.items({ host: hostNamed('h1'), vars: undefined }), [task])
  t.deepEqual(block({ items: [false, task], rescue: [null], always: [] }).items, [task])
  const wrong = (list: unknown) => messages(() => [play('p', { hosts: 'g' }, untyped(list))], ['h1'])
  t.deepEqual(wrong([task, 'x', true, [task], never, play('q', { hosts: 'g' }, [])]), [
    'play "p": item 2 is a string, not a task',
    'play "p": item 3 is true, not a task',
    'play "p": item 4 is a list, not a task; write ...LIST',
    'play "p": item 5 is a function, not a task; call it',
    'play "p": item 6 is a play, not a task',
  ])
  t.deepEqual(
    wrong(() => [0]),
    ['play "p": item 1 is a number, not a task'],
  )
  t.deepEqual(
    wrong(() => 'x'),
    ['play "p": needs a list of tasks, and has a string'],
  )
  t.deepEqual(
    wrong(async () => [task]),
    ['play "p": its function is async; it must give the list itself, and not a promise'],
  )
  t.deepEqual(
    messages(() => [play('p', { hosts: 'g' }, [block({ items: untyped([{}]), always: [task] })])]),
    ['block: items: item 1 is an object, not a task'],
  )
})

test('a list of plays that is none is said', t => {
  t.deepEqual(messages(untyped(async () => [])), [
    'plays: the function is async; it must give the list itself, and not a promise',
  ])
  t.deepEqual(messages(untyped(() => undefined)), ['plays: must give a list of plays'])
  t.deepEqual(messages(untyped(() => [runCommand({ argv })])), ['plays: entry 1 is not a play'])
})
