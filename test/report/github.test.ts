import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import type { Event } from '../../lib/event.ts'
import { ended, failure, fixtures, output, recorded, rendered, runOf } from '../helpers/events.ts'
import { everything } from '../helpers/everything.ts'

interface Command {
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
}

const names =
  'error warning notice debug group endgroup set-output add-mask stop-commands add-path set-env save-state echo'
const registered = new Set([...names.split(' '), 'add-matcher', 'remove-matcher'])

const plainly = (text: string): string =>
  text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%')

/**
 * What a runner obeys of a line, as https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs reads it. It
 * compares as .NET does, without what has no width.
 */
const obeyed = (given: string): Command | undefined => {
  const line = given.replace(/\p{Cf}/gu, '')
  const [, info, data = ''] = /^[\s\u0085]*::(.*?)::(.*)$/s.exec(line) ?? []
  if (info !== undefined) {
    const [name = '', ...rest] = info.split(' ')
    const pairs = rest
      .join(' ')
      .split(',')
      .filter(Boolean)
      .map(pair => pair.split(/=(.*)/s))
    const properties = Object.fromEntries(pairs.map(([key = '', value = '']) => [key, plainly(value)]))
    if (registered.has(name)) return { name, properties, data: plainly(data) }
  }
  const [, name = '', old = ''] = /##\[([^\] ]*)[^\]]*\](.*)/s.exec(line) ?? []
  return registered.has(name) ? { name, properties: {}, data: old } : undefined
}

const commands = (text: string): readonly Command[] => text.split(/\r\n|\r|\n/).flatMap(line => obeyed(line) ?? [])

const env = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: process.cwd() }
const github = (events: readonly Event[], more: Parameters<typeof rendered>[1] = {}) =>
  rendered(events, { format: 'github', env, ...more })

for (const name of fixtures)
  test(`${name}: the lines of plain, and a group for each play`, async t => {
    const text = await github(recorded(name))
    const own = text.split('\n').filter(line => !obeyed(line))
    const plain = (await rendered(recorded(name))).split('\n')
    t.deepEqual(
      own,
      plain.filter((line, i) => !line.startsWith('play ') && !(line === '' && plain[i + 1]?.startsWith('play '))),
    )
    const groups = commands(text).map(command => command.name)
    t.is(groups.filter(command => command === 'group').length, plain.filter(line => line.startsWith('play ')).length)
    t.is(groups.filter(command => command === 'group').length, groups.filter(command => command === 'endgroup').length)
  })

test('an annotation at the line of the task, with what to do; hosts with the same share one', async t => {
  const error = failure({ message: '100 %: no, 1', hint: 'do\nthis' })
  const events = ['h1', 'h2'].map(host => ended(host, 'a: b, c', 'failed', { error }))
  const text = await github(runOf(['h1', 'h2'], events))
  t.true(
    text.includes(
      '::error file=playbooks/x.ts,line=3,col=5,title=failed%3A a%3A b%2C c on h1%2C h2::100 %25: no, 1%0Ado%0Athis%0Ain play "p"\n',
    ),
  )
  t.is(commands(text).find(({ name }) => name === 'error')?.properties.title, 'failed: a: b, c on h1, h2')
})

test('the path is that of the workspace; of a file outside only the place is said', async t => {
  const events = runOf(['h1'], [ended('h1', 'x', 'failed', { at: { file: '/w/s/a/b.ts', line: 7, column: 1 } })])
  const at = async (workspace: string) =>
    commands(await github(events, { env: { ...env, GITHUB_WORKSPACE: workspace } })).find(
      ({ name }) => name === 'error',
    )
  t.is((await at('/w/s'))?.properties.file, 'a/b.ts')
  const outside = await at('/other')
  t.is(outside?.properties.file, undefined)
  t.true(outside?.data.includes('/w/s/a/b.ts:7:1'))
})

test('ignored failures are warnings, notices notices; what check mode cannot foresee is neither', async t => {
  const levels = async (events: readonly Event[]) =>
    commands(await github(events)).flatMap(({ name }) => (name.endsWith('group') ? [] : [name]))
  const ignored = ended('h1', 'x', 'failed', { ignored: true, error: failure() })
  t.deepEqual(await levels(runOf(['h1'], [ignored, { type: 'notice', text: 'n' }])), ['warning', 'notice'])
  t.deepEqual(await levels(runOf(['h1'], [ended('h1', 'x', 'unknown')], 'check')), [])
  t.deepEqual(await levels(runOf(['h1'], [ended('h1', 'x', 'unknown')])), ['error'])
})

for (const [count, said, last] of [
  [10, 10, 'failed: t9 on h1'],
  [11, 10, 'and more'],
  [37, 10, 'and more'],
] as const)
  test(`${count} failures: ${said} annotations, the last of which is "${last}"`, async t => {
    const events = Array.from({ length: count }, (_, i) =>
      ended('h1', `t${i}`, 'failed', { error: failure({ message: `m${i}` }) }),
    )
    const errors = commands(await github(runOf(['h1'], events))).filter(({ name }) => name === 'error')
    t.is(errors.length, said)
    t.is(errors.at(-1)?.properties.title, last)
    if (count > 10) t.true(errors.at(-1)?.data.startsWith(`${count - 9} more`))
  })

const random = fc
  .array(
    fc.constantFrom(
      '::',
      ':',
      '##',
      '##[',
      '[',
      ']',
      'error',
      'set-output name=a',
      'stop-commands',
      ' ',
      '\n',
      '\r',
      '\t',
      '\u0085',
      '\u00a0',
      '\u2028',
      '\u200b',
      '\u001b[0m',
      'x',
      '%0A',
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.join(''))

/** Commands as they are, somewhere in what a host prints. */
const plain = fc
  .array(
    fc.tuple(
      fc.constantFrom('', '\n', '\n  ', 'a\n\t', '\r', '\n\u00a0', '\n\u2003', 'x '),
      fc.constantFrom('::error::x', '::set-output name=a::b', '::stop-commands::t', '##[error]x', ':::error::x'),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map(parts => parts.flat().join(''))

const attack = fc.oneof(random, plain)

for (const format of ['github', 'plain', 'json'] as const)
  test(`${format}: nothing that a host says is a command to the runner`, async t => {
    const text = (events: readonly Event[], color: boolean) => rendered(events, { format, env, color, verbosity: 2 })
    const own = new Set(['group', 'endgroup', 'error', 'notice', 'warning'])
    await t.notThrowsAsync(
      fc.assert(
        fc.asyncProperty(attack, fc.boolean(), async (said, color) => {
          const error = failure({ message: said, hint: said, stdout: said, stderr: said, command: said, code: 1 })
          const harmless = (events: string) => (events === '' ? 'x' : events)
          const build = (what: string) =>
            runOf(
              ['h1'],
              [
                output('h1', `${what}\n`),
                { type: 'notice', host: 'h1', text: harmless(what) },
                ended('h1', `t ${what}`, 'failed', {
                  error: { ...error, message: what },
                  reason: what,
                  changes: [
                    { summary: what, diffs: [{ fact: what, attributes: [], texts: [{ name: what, lines: [what] }] }] },
                  ],
                }),
              ],
            )
          const found = commands(await text(build(said), color)).map(({ name }) => name)
          const usual = commands(await text(build('x'), color)).map(({ name }) => name)
          return found.every(name => own.has(name)) && found.length === usual.length
        }),
        { numRuns: 150 },
      ),
    )
  })

test('a host that prints commands is still shown', async t => {
  const text = await github(
    runOf(
      ['h1'],
      [ended('h1', 'x', 'failed', { error: failure({ stderr: 'y\n::add-mask::a\nx ##[error]b\n', command: 'c' }) })],
    ),
  )
  t.true(text.includes('stderr   y\n             :\\:add-mask::a\n             x ##\\[error]b\n'))
})

test('the step summary is appended; of everything it has the hosts, what went wrong, and the changes', async t => {
  const file = join(await mkdtemp(join(tmpdir(), 'baton-')), 'summary.md')
  await writeFile(file, 'before\n')
  await github(everything, { env: { ...env, GITHUB_STEP_SUMMARY: file } })
  const text = await readFile(file, 'utf8')
  t.true(text.startsWith('before\n### All &#60;of&#62; it: refused by a guard (exit code 5)\n'))
  for (const part of ['| h1 | 0 | 1 |', '#### What went wrong', '#### Changes', 'no route', 'not today', '(handler)'])
    t.true(text.includes(part), part)
  t.false(text.includes('reload units'))
})

test('a step summary that cannot be written is a warning, and no failure of the run', async t => {
  const text = await github(recorded('changing'), { env: { ...env, GITHUB_STEP_SUMMARY: '/nowhere/at/all.md' } })
  t.true(commands(text).some(({ name, data }) => name === 'warning' && data.includes('step summary')))
})
