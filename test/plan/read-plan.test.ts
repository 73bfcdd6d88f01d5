import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { Refusal, UsageError } from '../../lib/errors.ts'
import { readPlan, unsealPlan } from '../../lib/plan/read-plan.ts'
import { type PlanContent, planText } from '../../lib/plan/saved-plan.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'

const digest = 'a'.repeat(32)
const plan: PlanContent = {
  version: 1,
  made: '2026-11-22T22:00:00.000Z',
  baton: '0.1.0',
  playbook: { file: 'playbooks/x.ts', name: 'X "quoted" – é' },
  inventories: ['prod'],
  limit: 'web:!db',
  tags: ['a'],
  skipTags: [],
  extraVars: ['x=1'],
  salt: 'b'.repeat(32),
  sources: [{ file: 'playbooks/x.ts', digest }],
  hosts: [{ host: 'h1', digest }],
  tasks: [{ play: 'One', host: 'h1', digest }],
  steps: [
    {
      host: 'h1',
      play: 'One',
      key: 'k1',
      title: 'file /x',
      state: 'change',
      attempts: 3,
      changes: [{ summary: 'write /x', digest, makes: [{ fact: 'path /x', expected: 'type file' }] }],
    },
    { host: 'h1', play: 'One', key: 'k2', title: 'later', state: 'unknown', because: 'of that', changes: [] },
  ],
  facts: [{ id: digest, host: 'h1', as: 'root', fact: 'path /x', digest, was: 'absent' }],
}

for (const key of [undefined, 'the key of the pipeline']) {
  const sealed = key === undefined ? 'sealed by its digest' : 'sealed with a key'

  test(`a plan is read as it was written, ${sealed}`, async t => {
    const file = join(await tempDirectory(t), 'p.json')
    await writeFile(file, planText(plan, key))
    t.deepEqual((await readPlan(file, key)).plan, plan)
  })

  test(`any character changed is refused, or means nothing, ${sealed}`, t => {
    const text = planText(plan, key)
    let refused = 0
    const property = (at: number, put: string, cut: number) => {
      const edited = text.slice(0, at) + put + text.slice(at + cut)
      if (edited === text) return
      try {
        t.deepEqual(unsealPlan('p.json', edited, key).plan, plan)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        refused++
      }
    }
    for (let at = 0; at < text.length; at++) property(at, text[at] === '1' ? '2' : '1', 1)
    const character = fc.oneof(
      fc.string({ maxLength: 1, unit: 'binary' }),
      fc.constantFrom(' ', '\n', '0', '"', '\\', ',', '{', '}'),
    )
    fc.assert(fc.property(fc.nat(text.length), character, fc.nat(1), property), { numRuns: 1000 })
    t.true(refused > text.length / 2)
  })
}

test('a plan that was edited and sealed anew passes only where there is no key', async t => {
  const file = join(await tempDirectory(t), 'p.json')
  const forged = { ...plan, limit: 'all' }
  await writeFile(file, planText(forged, undefined))
  t.is((await readPlan(file, undefined)).plan.limit, 'all')
  await t.throwsAsync(readPlan(file, 'key'), { instanceOf: Refusal, message: /is not sealed with a key/ })
  await writeFile(file, planText(forged, 'guess'))
  await t.throwsAsync(readPlan(file, 'key'), { instanceOf: Refusal, message: /edited, or sealed with another key/ })
  await t.throwsAsync(readPlan(file, undefined), { instanceOf: Refusal, message: /is sealed with a key/ })
})

test('a plan by way of a link; none, a folder, a file without end', async t => {
  const folder = await tempDirectory(t)
  const file = join(folder, 'p.json')
  await writeFile(file, planText(plan, undefined))
  await symlink(file, join(folder, 'link'))
  t.deepEqual((await readPlan(join(folder, 'link'), undefined)).plan, plan)
  await t.throwsAsync(readPlan(join(folder, 'none'), undefined), { instanceOf: UsageError, message: /ENOENT/ })
  await t.throwsAsync(readPlan(folder, undefined), { instanceOf: UsageError, message: /EISDIR/ })
  await t.throwsAsync(readPlan('/dev/zero', undefined), { instanceOf: UsageError, message: /larger than 256 MiB/ })
  await writeFile(file, planText(plan, undefined).slice(0, -20))
  await t.throwsAsync(readPlan(file, undefined), { instanceOf: Refusal, message: /it is no JSON/ })
  await writeFile(file, JSON.stringify({ plan: { ...plan, more: 1 }, seal: '' }))
  await t.throwsAsync(readPlan(file, undefined), { instanceOf: Refusal, message: /not a plan as it was saved/ })
})
