import test from 'ava'
import { askHidden, Cancelled } from '../../lib/cli/ask-hidden.ts'
import { said } from '../inventory/project.ts'
import { fakeTerminal } from './terminal.ts'

const typed: readonly (readonly [string, readonly string[], string])[] = [
  ['a line', ['sesame\r'], 'sesame'],
  ['letter by letter', ['s', 'e', '\n'], 'se'],
  ['corrected', ['sex\u007f\u007fesame\r'], 'sesame'],
  ['started again', ['wrong\u0015right\r'], 'right'],
  ['what follows the line is not part of it', ['one\rtwo'], 'one'],
]

for (const [title, chunks, expected] of typed)
  test(`typed: ${title}`, async t => {
    const { terminal, stdin, err } = fakeTerminal('/', {}, true)
    const answer = askHidden("sudo's password", terminal, '')
    for (const chunk of chunks) stdin.write(chunk)
    t.is((await answer).reveal(), expected)
    t.is(err(), "sudo's password: \n")
    t.deepEqual(stdin.raw, [true, false])
    t.is(stdin.listenerCount('data'), 0)
  })

for (const key of ['\u0003', '\u0004'])
  test(`${JSON.stringify(key)} leaves, and the terminal is as before`, async t => {
    const { terminal, stdin } = fakeTerminal('/', {}, true)
    const answer = askHidden('x', terminal, '')
    stdin.write(`half${key}`)
    await t.throwsAsync(answer, { instanceOf: Cancelled })
    t.deepEqual(stdin.raw, [true, false])
    t.is(stdin.listenerCount('data'), 0)
  })

test('without a terminal nothing is asked', async t => {
  const { terminal, err } = fakeTerminal('/')
  t.deepEqual(await said(t, () => askHidden("sudo's password", terminal, 'Leave -K out.')), [
    `cannot ask for sudo's password: there is no terminal | Leave -K out.`,
  ])
  t.is(err(), '')
})
