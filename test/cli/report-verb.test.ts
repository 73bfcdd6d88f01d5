import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { reportVerb } from '../../lib/cli/report-verb.ts'
import { parseJournal } from '../../lib/journal/read.ts'
import { recorded, rendered } from '../helpers/events.ts'
import { everything, journalOf } from '../helpers/everything.ts'
import { fakeTerminal } from './terminal.ts'

const journal = journalOf(recorded('changing'))
  .map(record => `${JSON.stringify(record)}\n`)
  .join('')

const report = async (text: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const cwd = await mkdtemp(join(tmpdir(), 'baton-'))
  await writeFile(join(cwd, 'run.jsonl'), text)
  const { terminal, out, err } = fakeTerminal(cwd, env)
  const code = await reportVerb(args, terminal)
  return { cwd, code, out: out(), err: err() }
}

test('the terminal view of a run that is over, as it was', async t => {
  const { code, out, err } = await report(journal, ['run.jsonl'])
  t.is(out, await rendered(recorded('changing'), { columns: 80 }))
  t.deepEqual([code, err], [0, ''])
})

test('-v, --no-diff and -o are those of the run', async t => {
  const { out } = await report(journal, ['run.jsonl', '-v', '--no-diff', '-o', 'plain'])
  t.is(out, await rendered(recorded('changing'), { columns: 80, verbosity: 1, diff: false }))
  const json = await report(journal, ['run.jsonl', '-o', 'json'])
  t.is(json.out, await rendered(recorded('changing'), { format: 'json' }))
})

test('a failed run is shown with exit code 0: the journal was read', async t => {
  const text = journalOf(recorded('failing'))
    .map(record => JSON.stringify(record))
    .join('\n')
  t.is((await report(`${text}\n`, ['run.jsonl'])).code, 0)
})

test('a last line that was cut off is left out, and said; so is an end that is missing', async t => {
  const cut = journal.slice(0, -20)
  const { code, out, err } = await report(cut, ['run.jsonl'])
  t.is(code, 0)
  t.true(out.length > 100 && (await rendered(recorded('changing'), { columns: 80 })).startsWith(out))
  t.is(
    err,
    'run.jsonl: its last line was cut off while it was written, and is left out\nrun.jsonl ends before the run did: nobody knows how it went on\n',
  )
})

test('files alone: nothing else is shown', async t => {
  const args = ['run.jsonl', '--junit', 'j.xml', '--code-quality', 'q.json', '--summary', 's.md']
  const { cwd, code, out, err } = await report(journal, args)
  t.deepEqual([code, out, err], [0, '', ''])
  t.regex(await readFile(join(cwd, 'j.xml'), 'utf8'), /^<\?xml/)
  t.is(await readFile(join(cwd, 'q.json'), 'utf8'), '[]\n')
  t.regex(await readFile(join(cwd, 's.md'), 'utf8'), /^### /)
  t.true((await report(journal, [...args, '-o', 'plain'])).out.length > 0)
})

for (const [args, said] of [
  [[], /^which journal\?/],
  [['a', 'b'], /^one JOURNAL at a time; got a b/],
  [['run.jsonl', '-o', 'paper'], /--output must be pretty, plain, json or github/],
  [['run.jsonl', '--junit', 'no/j.xml'], /^--junit no\/j.xml: there is no folder/],
  [['nothing.jsonl'], /^nothing\.jsonl cannot be read/],
] as const)
  test(`wrong: report ${args.join(' ')}`, async t => {
    const { code, out, err } = await report(journal, args)
    t.deepEqual([code, out], [1, ''])
    t.regex(err, said)
  })

test('what is no journal is said, and not shown', async t => {
  const { code, err } = await report('{"name":"baton"}\n', ['run.jsonl'])
  t.is(code, 1)
  t.regex(err, /run\.jsonl/)
})

test('--help', async t => {
  const { code, out } = await report(journal, ['--help'])
  t.is(code, 0)
  t.true(out.startsWith('Usage: tsx run report JOURNAL'))
})

test('under GitHub Actions with annotations', async t => {
  const text = journalOf(everything)
    .map(record => `${JSON.stringify(record)}\n`)
    .join('')
  t.is(parseJournal(text, 'x').length, everything.length)
  const { out } = await report(text, ['run.jsonl'], { GITHUB_ACTIONS: 'true' })
  t.true(out.includes('::group::play p'))
  t.regex(out, /^::error /m)
})
