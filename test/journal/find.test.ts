import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import type { Event } from '../../lib/event.ts'
import { findJournal } from '../../lib/journal/find.ts'
import { journalName } from '../../lib/journal/journal.ts'
import { scratch } from '../helpers/scratch.ts'

const work = { file: 'playbooks/p.ts', inventories: ['prod'] }

interface Told {
  readonly minute: number
  readonly mode?: 'apply' | 'check'
  readonly file?: string
  readonly sent?: boolean
  readonly exitCode?: number
}

const write = (
  folder: string,
  run: string,
  { minute, mode = 'apply', file = work.file, sent, exitCode }: Told,
): void => {
  const origin = { ...work, file, command: 'c', controller: 'here', pid: 1, started: '1' }
  const events: Event[] = [
    { type: 'run', run, playbook: 'p', mode, hosts: ['h'], time: 't', origin },
    ...(sent ? [{ type: 'sent', host: 'h', play: 'p', changes: [] } as const] : []),
    ...(exitCode === undefined ? [] : [{ type: 'summary', exitCode, hosts: {}, durationMs: 0 } as const]),
  ]
  const name = journalName(run, new Date(Date.UTC(2026, 0, 1, 0, minute)))
  writeFileSync(join(folder, name), events.map(event => `${JSON.stringify({ time: 't', event })}\n`).join(''))
}

test('the newest run of the same playbook and inventories, and no check', async t => {
  const folder = scratch(t)
  t.is(await findJournal(join(folder, 'none'), work), undefined)
  write(folder, 'old', { minute: 1, sent: true, exitCode: 0 })
  write(folder, 'mine', { minute: 2, sent: true })
  write(folder, 'other', { minute: 3, file: 'playbooks/q.ts' })
  write(folder, 'look', { minute: 4, mode: 'check', exitCode: 0 })
  const found = await findJournal(folder, work)
  t.is(found?.run.run, 'mine')
  t.is(found?.exitCode, undefined)
  t.is(await findJournal(folder, { ...work, inventories: ['lab'] }), undefined)
})

test('behind a run that died, those that were refused because of it are passed over', async t => {
  const folder = scratch(t)
  write(folder, 'died', { minute: 1, sent: true })
  write(folder, 'refused', { minute: 2, exitCode: 5 })
  t.is((await findJournal(folder, work, { busy: true }))?.run.run, 'died')
  t.is((await findJournal(folder, work))?.run.run, 'refused', 'which has the debts of the other')
  write(folder, 'good', { minute: 3, exitCode: 0 })
  t.is((await findJournal(folder, work, { busy: true }))?.run.run, 'good', 'there is nothing to go on with')
})

test('a run by its name, which must be of this work', async t => {
  const folder = scratch(t)
  write(folder, 'a1', { minute: 1, sent: true })
  write(folder, 'b2', { minute: 2, sent: true })
  write(folder, 'c3', { minute: 3, file: 'playbooks/q.ts', sent: true })
  t.is((await findJournal(folder, work, { run: 'a1' }))?.run.run, 'a1')
  t.is(await findJournal(folder, work, { run: 'zz' }), undefined)
  await t.throwsAsync(findJournal(folder, work, { run: 'c3' }), { message: /playbooks\/q\.ts on prod/ })
})

test('files that are no journals are passed over', async t => {
  const folder = scratch(t)
  mkdirSync(join(folder, 'x'), { recursive: true })
  writeFileSync(join(folder, '9-z.jsonl'), 'rubbish')
  writeFileSync(join(folder, '8-z.jsonl'), '')
  write(folder, 'mine', { minute: 1 })
  t.is((await findJournal(folder, work))?.run.run, 'mine')
})
