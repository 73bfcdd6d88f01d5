import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'
import type { Event } from '../../lib/event.ts'
import { Journal } from '../../lib/journal/journal.ts'
import { parseJournal, readJournal } from '../../lib/journal/read.ts'
import { Secret } from '../../lib/secret.ts'
import { scratch } from '../helpers/scratch.ts'

const begun: Event = { type: 'run', run: 'r1', playbook: 'p', mode: 'apply', hosts: ['h'], time: 'now' }
const notice = (text: string): Event => ({ type: 'notice', text })
const texts = (all: readonly { readonly event: Event }[]) =>
  all.map(({ event }) => (event.type === 'notice' ? event.text : event.type))

test('what is recorded is there in order, for its owner only, and outlives an append', async t => {
  const folder = join(scratch(t), 'a/runs')
  const journal = Journal.create(folder, 'r1')
  journal.record(begun)
  for (let i = 0; i < 100; i++) journal.record(notice(`n${i}`))
  await Promise.all([journal.durable(), journal.durable()])
  t.is((await readJournal(journal.file)).length, 101)
  journal.close()
  t.is(statSync(journal.file).mode & 0o777, 0o600)
  t.is(statSync(dirname(journal.file)).mode & 0o777, 0o700)
  const more = Journal.append(journal.file)
  more.record(begun)
  more.close()
  t.deepEqual(texts(await readJournal(journal.file)).slice(-2), ['n99', 'run'])
})

test('a line that was cut off is left out, at the end and where a run went on behind it; any other is damage', async t => {
  const line = (event: Event) => JSON.stringify({ time: 't', event })
  t.deepEqual(texts(parseJournal(`${line(begun)}\n{"time":"t","ev`, 'f')), ['run'])
  t.deepEqual(texts(parseJournal(`${line(begun)}\n{"ti\n${line(begun)}\n${line(notice('x'))}\n`, 'f')), [
    'run',
    'run',
    'x',
  ])
  const error = t.throws(() => parseJournal(`${line(begun)}\n{"ti\n${line(notice('x'))}\n`, 'f'))
  t.is(error?.message, 'f:2: this line is no record of a run')
  t.throws(() => parseJournal(`${line(begun)}\nrubbish\nmore\n`, 'f'), { message: /^f:2:/ })
})

test('a journal that was cut off in mid-line goes on behind it', async t => {
  const journal = Journal.create(scratch(t), 'r1')
  journal.record(begun)
  journal.close()
  appendFileSync(journal.file, '{"time":"2026')
  const more = Journal.append(journal.file)
  more.record(begun)
  more.record(notice('on'))
  more.close()
  t.deepEqual(texts(await readJournal(journal.file)), ['run', 'run', 'on'])
})

test('behind a line that did not fit on the disk nothing more is written, also when there is room again', async t => {
  const folder = scratch(t)
  const program = `
    const { Journal } = await import(process.argv[1])
    const { execFileSync } = await import('node:child_process')
    const journal = Journal.create(process.argv[2], 'r1')
    journal.record(${JSON.stringify(begun)})
    for (let i = 0; i < 100; i++) journal.record({ type: 'notice', text: 'n'.repeat(100) })
    execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited'])
    journal.record({ type: 'notice', text: 'behind' })
    await journal.durable().catch(error => console.log(error.message))
    console.log(journal.file)
    journal.close()`
  const full = `trap '' XFSZ; ulimit -S -f 8; exec "$0" --import=tsx --input-type=module -e "$@"`
  const module = join(import.meta.dirname, '../../lib/journal/journal.ts')
  const said = execFileSync('sh', ['-c', full, process.execPath, program, module, folder]).toString().trim().split('\n')
  t.regex(said[0] ?? '', /cannot be written: EFBIG/)
  const more = Journal.append(said[1] ?? '')
  more.record(begun)
  more.close()
  const kept = texts(await readJournal(more.file))
  t.true(kept.length > 10)
  t.false(kept.includes('behind'))
})

test('who asks for it is told of damage, and gets what is around it', t => {
  const line = (event: Event) => JSON.stringify({ time: 't', event })
  const told: string[] = []
  const text = `${line(begun)}\n{"ti\n${line(notice('x'))}\n`
  t.deepEqual(texts(parseJournal(text, 'f', where => told.push(where))), ['run', 'x'])
  t.deepEqual(told, ['f:2'])
})

test('no secret is in it; what an action handed on is said to lack one', async t => {
  const secret = new Secret('correct-horse-battery')
  const journal = Journal.create(scratch(t), 'r1')
  journal.record(begun)
  const handed = { type: 'handed', host: 'h', play: 'p', stderr: '' } as const
  journal.record({ ...handed, task: 'a', stdout: `token ${secret.reveal()}` })
  journal.record({ ...handed, task: 'b', stdout: 'plain' })
  journal.close()
  t.false(readFileSync(journal.file, 'utf8').includes('correct-horse'))
  const [, first, second] = await readJournal(journal.file)
  t.like(first?.event, { type: 'handed', masked: true })
  t.false('masked' in (second?.event ?? {}))
})

test('a journal that cannot be written is said before anything begins, and after that by durable', async t => {
  const folder = scratch(t)
  writeFileSync(join(folder, 'file'), '')
  t.throws(() => Journal.create(join(folder, 'file'), 'r1'), { message: /cannot be written/ })
  const full = Journal.append('/dev/full')
  full.record(begun)
  const error = await t.throwsAsync(full.durable())
  t.regex(error?.message ?? '', /the journal .* cannot be written/)
})
