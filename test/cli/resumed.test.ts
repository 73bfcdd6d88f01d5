import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { parseOptions } from '../../lib/cli/args.ts'
import { chosenBy } from '../../lib/cli/chosen.ts'
import { resumedOptions } from '../../lib/cli/resumed.ts'
import { runJournal } from '../../lib/cli/run-journal.ts'
import { UsageError } from '../../lib/errors.ts'
import type { Event } from '../../lib/event.ts'
import { journalName } from '../../lib/journal/journal.ts'
import { thisProcess } from '../../lib/journal/process.ts'
import { scratch } from '../helpers/scratch.ts'

const optionsOf = (...words: readonly string[]) => parseOptions(['p.ts', '-i', 'prod', ...words])

interface Told {
  readonly minute: number
  readonly exitCode?: number
  readonly alive?: boolean
  readonly words?: readonly string[]
}

const project = (t: ExecutionContext) => {
  const cwd = scratch(t)
  mkdirSync(join(cwd, '.baton/runs'), { recursive: true })
  mkdirSync(join(cwd, 'inventories'))
  writeFileSync(join(cwd, 'inventories/prod.yml'), '')
  const wrote = (run: string, { minute, exitCode, alive = false, words = [] }: Told): void => {
    const where = alive ? thisProcess() : { controller: 'elsewhere', pid: 1, started: '1' }
    const chosen = chosenBy(optionsOf(...words), run)
    const origin = { file: 'p.ts', inventories: ['prod'], chosen, command: 'c', ...where }
    const events: Event[] = [
      { type: 'run', run, playbook: 'p', mode: 'apply', hosts: ['h'], time: `minute ${minute}`, origin },
      { type: 'sent', host: 'h', play: 'p', changes: [] },
      ...(exitCode === undefined ? [] : [{ type: 'summary', exitCode, hosts: {}, durationMs: 0 } as const]),
    ]
    const name = journalName(run, new Date(Date.UTC(2026, 0, 1, 0, minute)))
    const text = events.map(event => `${JSON.stringify({ time: 't', event })}\n`).join('')
    writeFileSync(join(cwd, '.baton/runs', name), text)
  }
  const resumed = (...words: readonly string[]) => resumedOptions(optionsOf(...words), cwd)
  const refused = async (...words: readonly string[]): Promise<readonly string[]> => {
    const error = await resumed(...words).catch((problem: unknown) => problem)
    if (!(error instanceof UsageError)) throw error
    return error.problems.map(({ message }) => message)
  }
  return { cwd, wrote, resumed, refused }
}

test('a resumed run is held to its hosts, tasks and vars', async t => {
  const { wrote, resumed } = project(t)
  const words = ['-l', 'h2', '-t', 'a,b', '--skip-tags', 'c', '--start-at', 'First', '-e', 'x=1']
  wrote('aa', { minute: 1, exitCode: 2, words })
  const { resume: _, ...given } = optionsOf(...words)
  t.like(await resumed('--resume'), { ...given, resume: 'aa' })
  t.like(await resumed('--resume=aa', '-l', 'h2', '-t', 'a,b', '-e', 'x=1'), { ...given, resume: 'aa' })
})

test('other hosts, tasks or vars than its own are another run', async t => {
  const { wrote, refused } = project(t)
  wrote('aa', { minute: 1, exitCode: 2, words: ['-l', 'h1', '-e', 'x=1'] })
  t.deepEqual(await refused('--resume', '-l', 'h2', '-t', 'a', '-e', 'x=2', '-e', 'y=1'), [
    '--resume=aa: it was begun with -l h1, and this says -l h2',
    '--resume=aa: it was begun without -t, and this says -t a',
    '--resume=aa: it was not begun with -e x=2',
    '--resume=aa: it was not begun with -e y=1',
  ])
})

test('a secret var is not in the journal: it is to be given again, and must be the same', async t => {
  const { wrote, resumed, refused } = project(t)
  const words = ['-e', 'x=1', '-e', 'db_password=canary-7']
  wrote('aa', { minute: 1, exitCode: 2, words })
  t.notRegex(JSON.stringify(chosenBy(optionsOf(...words), 'aa')), /canary/)
  t.like(await resumed('--resume', '-e', 'db_password=canary-7'), { extraVars: ['x=1', 'db_password=canary-7'] })
  t.regex((await refused('--resume')).join(), /another -e db_password=\.\.\., which is secret/)
  const other = (await refused('--resume', '-e', 'db_password=canary-8')).join()
  t.regex(other, /was not begun with -e db_password=\.\.\./)
  t.notRegex(other, /canary/)
})

test('of several unfinished runs one has to be named', async t => {
  const { wrote, resumed, refused } = project(t)
  wrote('aa', { minute: 1, words: ['-l', 'h1'] })
  wrote('bb', { minute: 2, exitCode: 2, words: ['-l', 'h2'] })
  t.deepEqual(await refused('--resume'), [
    '--resume: which of these runs? None of them ended well\n' +
      '  --resume=bb  of minute 2, -l h2\n  --resume=aa  of minute 1, -l h1',
  ])
  t.like(await resumed('--resume=aa'), { resume: 'aa', limit: 'h1' })
})

test('a run is over when the same, or all, was done well after it, and when the same was begun anew', async t => {
  const { wrote, resumed, refused } = project(t)
  wrote('aa', { minute: 1, words: ['-l', 'h1'] })
  wrote('bb', { minute: 2, exitCode: 0, words: ['-l', 'h2'] })
  t.like(await resumed('--resume'), { resume: 'aa' })
  wrote('cc', { minute: 3, exitCode: 4, words: ['-l', 'h1'] })
  t.like(await resumed('--resume'), { resume: 'cc' })
  wrote('dd', { minute: 4, exitCode: 0, words: ['-l', 'h1'] })
  t.regex((await refused('--resume')).join(), /dd of minute 4 ended well/)
  wrote('ee', { minute: 5, words: ['-t', 'x'] })
  t.like(await resumed('--resume'), { resume: 'ee' })
  wrote('ff', { minute: 6, exitCode: 0 })
  t.regex((await refused('--resume')).join(), /ff of minute 6 ended well/)
})

test('a run that still goes on is not meant where another has stopped', async t => {
  const { wrote, resumed } = project(t)
  wrote('aa', { minute: 1, alive: true, words: ['-l', 'h1'] })
  await t.throwsAsync(resumed('--resume'), { message: /^run aa is still going on, in process \d+/ })
  wrote('bb', { minute: 2, exitCode: 2, words: ['-l', 'h2'] })
  t.like(await resumed('--resume'), { resume: 'bb' })
})

test('the command that is printed names the run, and is one that can be given', async t => {
  const { cwd } = project(t)
  const words = ['p.ts', '-i', 'prod', '-l', 'h1', '--start-at', 'the first', '-t', 'a']
  const { resumeCommand, id } = await runJournal(parseOptions(words), words, () => 'ab12', cwd)
  t.is(resumeCommand, 'tsx run p.ts -i prod -l h1 -t a --resume=ab12')
  t.is(id, 'ab12')
  t.notThrows(() => parseOptions(resumeCommand.split(' ').slice(2)))
})

test('the same inventory, however -i spells it, is the same work', async t => {
  const { cwd } = project(t)
  const words = ['p.ts', '-i', 'inventories/prod.yml', '-l', 'h1']
  const begun = await runJournal(parseOptions(words), words, () => 'ab12', cwd)
  const journal = begun.open()
  const event = { type: 'run', run: 'ab12', playbook: 'p', mode: 'apply', hosts: [], time: 't' } as const
  journal.record({ ...event, origin: { ...begun.origin, started: 'other' } })
  journal.close()
  t.like(await resumedOptions(optionsOf('--resume'), cwd), { resume: 'ab12', limit: 'h1' })
})

test('a damaged journal stands in the way of a resumed run only', async t => {
  const { cwd, wrote, resumed } = project(t)
  wrote('aa', { minute: 1, exitCode: 2 })
  const file = join(cwd, '.baton/runs', journalName('aa', new Date(Date.UTC(2026, 0, 1, 0, 1))))
  writeFileSync(file, readFileSync(file, 'utf8').replace('\n', '\n{"half\n'))
  const { notices } = await runJournal(optionsOf(), [], () => 'bb', cwd)
  t.deepEqual(notices, [`${relative(cwd, file)}:2: this line of an earlier run's journal is damaged, and was left out`])
  await t.throwsAsync(resumed('--resume=aa'), { message: /:2: this line is no record of a run/ })
})
