import test from 'ava'
import { prompter } from '../../lib/cli/prompter.ts'
import { Turn } from '../../lib/report/turn.ts'
import { fakeTerminal } from './terminal.ts'

test('one question at a time, in order', async t => {
  const { terminal, stdin, err } = fakeTerminal('/', {}, true)
  const ask = prompter(terminal, new Turn(), () => t.fail())!
  const answers = Promise.all([ask('Passphrase for a: '), ask('Passphrase for b: ')])
  stdin.write('one\r')
  await new Promise(resolve => setImmediate(resolve))
  t.is(err(), 'Passphrase for a: \nPassphrase for b: ')
  stdin.write('two\r')
  t.deepEqual(await answers, ['one', 'two'])
})

test('Ctrl-C at a question interrupts the run', async t => {
  const { terminal, stdin } = fakeTerminal('/', {}, true)
  let interrupted = 0
  const ask = prompter(terminal, new Turn(), () => interrupted++)!
  stdin.write('\u0003')
  await t.throwsAsync(ask('Passphrase: '), { message: 'nobody answered the question' })
  t.is(interrupted, 1)
})

test('without a terminal there is nothing to ask with', t => {
  t.is(
    prompter(fakeTerminal('/').terminal, new Turn(), () => {}),
    undefined,
  )
})
