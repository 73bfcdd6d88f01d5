import test from 'ava'
import { type Command, sh } from '../../../lib/command.ts'
import type { BatchOptions } from '../../../lib/connection/connection.ts'
import { Past } from '../../../lib/journal/earlier.ts'
import { runCommand } from '../../../lib/tasks/run-command.ts'
import { playHere } from '../../helpers/play-here.ts'
import { ShConnection } from '../../helpers/sh-connection.ts'
import { endOf, notebook } from './notebook.ts'

const long = runCommand({ script: sh`head -c 70000 /dev/zero | tr '\\0' x`, title: 'long' })

/** Of what is longer than 64 KiB only a part is kept. */
class Dropping extends ShConnection {
  override batch(commands: readonly Command[], { onEnd, ...options }: BatchOptions = {}) {
    return super.batch(commands, {
      ...options,
      onEnd: (i, output) => onEnd?.(i, { ...output, droppedBytes: output.stdout.length > 65_536 ? 1000 : 0 }),
    })
  }
}

test('an action whose output is too long is well, and only who asks for its value fails', async t => {
  const { note, lines } = notebook(t)
  const connections = { h1: new Dropping('h1') }
  const unasked = await playHere([['g', [long, note('behind')]]], { connections })
  t.is(unasked.summary.exitCode, 0)
  t.deepEqual(lines(), ['behind'])
  const asks = note('asks', { when: facts => facts.value(long.value).code === 0 })
  const asked = await playHere([['g', [long, asks]]], { connections })
  t.is(endOf(asked, 'long').outcome, 'changed')
  t.regex(endOf(asked, 'asks').error?.message ?? '', /"long" is too long to hand on \(1000 bytes more\)/)
})

test('what is too long for the journal is left out of it, and a resumed run has no value', async t => {
  const { note, fail, lines } = notebook(t)
  const asks = note('asks', { when: facts => facts.value(long.value).stdout.length === 70_000 })
  const first = await playHere([['g', [long, asks, fail('bad')]]])
  t.deepEqual(lines(), ['asks', 'bad'])
  const [handed] = first.events.filter(e => e.type === 'handed')
  t.like(handed, { stdout: '', stderr: '', cut: true })
  const earlier = new Past(
    first.events.map(event => ({ time: '2026-01-01T00:00:00.000Z', event })),
    { resume: true },
  )
  const unasked = await playHere([['g', [long, note('else')]]], { earlier, resume: true })
  t.is(unasked.summary.exitCode, 0)
  t.is(endOf(unasked, 'long').reason, 'done before the run was resumed')
  const again = note('again', { when: facts => facts.value(long.value).code === 0 })
  const asked = await playHere([['g', [long, again]]], { earlier, resume: true })
  t.is(asked.summary.exitCode, 5)
  t.regex(endOf(asked, 'again').error?.message ?? '', /"long" is done, .* too long for the journal/)
  t.deepEqual(lines(), ['asks', 'bad', 'else'])
})
