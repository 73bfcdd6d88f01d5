import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import type { Debt, Event, KnownDebts } from '../../lib/event.ts'
import { readDebts } from '../../lib/journal/debts.ts'
import { journalName } from '../../lib/journal/journal.ts'
import { scratch } from '../helpers/scratch.ts'

const work = { file: 'playbooks/p.ts', inventories: ['prod'] }
const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute))
const debt = (task: string): Debt => ({ host: 'h', play: 'p', task, title: `restart ${task}` })

type Told = readonly [minute: number, event: Event]
const told = (
  minute: number,
  task: string,
  state: 'owed' | 'paid' | 'dropped',
  more: { carried?: true } = {},
): Told => [minute, { type: 'handler', ...debt(task), state, ...more }]

/** A journal of a run that began in this minute, and what it said in which. */
const write = (folder: string, run: string, minute: number, records: readonly Told[], debts?: KnownDebts): string => {
  const origin = { ...work, command: 'c', controller: 'here', pid: 1, started: '1' }
  const first: Event = {
    ...{ type: 'run', run, playbook: 'p', mode: 'apply', hosts: ['h'], time: 't', origin },
    ...(debts && { debts }),
  }
  const file = join(folder, journalName(run, at(minute)))
  const all: readonly Told[] = [[minute, first], ...records]
  const lines = all.map(([time, event]) => `${JSON.stringify({ time: at(time).toISOString(), event })}\n`)
  writeFileSync(file, lines.join(''))
  const last = at(Math.max(...all.map(([time]) => time)))
  utimesSync(file, last, last)
  return file
}

const known = (minute: number, ...tasks: readonly string[]): KnownDebts => ({
  at: at(minute).toISOString(),
  owed: tasks.map(debt),
})
const owed = async (folder: string) => (await readDebts(folder, work)).owed.map(({ task }) => task)

test('no run: nothing is owed, and when that was looked up is said', async t => {
  t.deepEqual(await readDebts(join(scratch(t), 'none'), work, at(5)), { at: at(5).toISOString(), owed: [] })
})

test('a run that was refused meanwhile does not hide what the one before it comes to owe', async t => {
  const folder = scratch(t)
  write(folder, 'working', 0, [told(10, 'web', 'owed')], known(0))
  write(folder, 'refused', 5, [], known(5))
  t.deepEqual(await owed(folder), ['web'])
})

test('runs side by side, in the order in which things happened and not in that of the files', async t => {
  const folder = scratch(t)
  write(folder, 'a', 0, [told(10, 'web', 'owed'), told(30, 'web', 'paid'), told(31, 'db', 'owed')], known(0))
  write(folder, 'b', 5, [told(20, 'web', 'owed'), told(25, 'db', 'paid')], known(5))
  t.deepEqual(await owed(folder), ['db'])
})

test('a run that ended behind its first record has the debts all the same', async t => {
  const folder = scratch(t)
  write(folder, 'a', 0, [told(1, 'web', 'owed'), told(2, 'db', 'owed')])
  write(folder, 'b', 60, [], known(60, 'web', 'db'))
  t.deepEqual(await owed(folder), ['web', 'db'])
})

test('what was written before the newest look is not read again; what was written to since, is', async t => {
  const folder = scratch(t)
  const old = write(folder, 'old', 0, [told(1, 'web', 'owed')], known(0))
  write(folder, 'new', 60, [], known(60))
  t.deepEqual(await owed(folder), [], 'the newer one knew better')
  // Resumed later on, in the same file.
  write(folder, 'old', 0, [told(1, 'web', 'owed'), told(90, 'db', 'owed')], known(0))
  t.deepEqual(await owed(folder), ['db'])
  writeFileSync(old, 'rubbish')
  utimesSync(old, at(1), at(1))
  t.deepEqual(await owed(folder), [], 'not even opened')
})

test('a debt that is only said once more does not come back', async t => {
  const folder = scratch(t)
  write(folder, 'a', 0, [told(1, 'web', 'owed'), told(21, 'web', 'paid')], known(0))
  write(folder, 'b', 20, [told(22, 'web', 'owed', { carried: true })], known(20, 'web'))
  t.deepEqual(await owed(folder), [])
})
