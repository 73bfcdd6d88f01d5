import test from 'ava'
import type { Recorded } from '../../lib/event.ts'
import { planMarkdown } from '../../lib/plan/markdown.ts'
import type { PlanContent, SavedStep } from '../../lib/plan/saved-plan.ts'

const step = (host: string, key: string, parts: Partial<SavedStep> = {}): SavedStep => ({
  host,
  play: 'One',
  key,
  title: `file /${key}`,
  state: 'ok',
  changes: [],
  ...parts,
})
const digest = '0'.repeat(32)
const change = (host: string, key: string): SavedStep =>
  step(host, key, { state: 'change', changes: [{ summary: `write /${key}`, digest, makes: [] }] })

const plan = (steps: SavedStep[]): PlanContent => ({
  version: 1,
  made: '2026-11-22T22:00:00.000Z',
  baton: '0',
  playbook: { file: 'x.ts', name: 'X' },
  inventories: ['prod'],
  tags: [],
  skipTags: [],
  extraVars: [],
  salt: digest,
  sources: [],
  hosts: [],
  tasks: [],
  steps,
  facts: ['a', 'b'].flatMap(host =>
    ['path /x', 'path /y', 'unit z.service'].map(fact => ({ id: digest, host, fact, digest, was: '' })),
  ),
})

const record = ({ host, play, key, title }: SavedStep, lines: readonly string[]): Recorded => ({
  time: '',
  event: {
    type: 'task',
    state: 'ended',
    host,
    play,
    index: 0,
    key,
    title,
    handler: false,
    action: false,
    at: { file: 'x.ts', line: 1, column: 1 },
    outcome: 'changed',
    changes: [
      { summary: `write /${key}`, diffs: [{ fact: `content /${key}`, attributes: [], texts: [{ name: 'c', lines }] }] },
    ],
    durationMs: 0,
  },
})

const about = { command: 'tsx run x.ts -i prod --apply p.json', file: 'p.json', seal: `sha256:${'f'.repeat(64)}` }

const page = (steps: SavedStep[], lines: (of: SavedStep) => readonly string[] = () => ['+x'], limit = 65_536) =>
  planMarkdown(
    plan(steps),
    steps.map(one => record(one, lines(one))),
    { ...about, limit },
  )

test('by play; hosts of which the same is said together; in the order of the plan', t => {
  const text = page([
    change('a', 'k1'),
    step('a', 'k2'),
    change('b', 'k1'),
    step('b', 'k2'),
    change('c', 'k1'),
    step('c', 'k2', { state: 'unknown', because: 'it is not known before k1' }),
    step('a', 'k3', { play: 'Two', moving: true }),
  ])
  t.regex(
    text,
    /\*\*3 tasks would change something\*\*, 1 are planned when they are reached, 3 are as they should be\. 3 hosts\./,
  )
  t.regex(text, /\| c \| 1 \| 1 \| 0 \|/)
  t.is(text.split('**on a, b**').length, 2)
  t.is(text.split('<b>file /k1</b>').length, 3)
  t.regex(text, /\*\*on c\*\*\n\n[\s\S]*- \*unknown\*: file \/k2<br>it is not known before k1\n/)
  t.regex(text, /## Two\n\n\*\*on a\*\*\n\n- \*as it should be now, and planned again when it is reached\*: file \/k3/)
  t.regex(text, /6 facts of 2 hosts[\s\S]*- a: 2 path, 1 unit\n/)
  t.notRegex(text, /cut to fit/)
})

test('nothing to do is said so', t => {
  t.regex(page([step('a', 'k1')]), /\*\*Nothing to do\*\*: all is as it should be\. 1 host\./)
})

test('too long: the largest diffs go first, and it says how many', t => {
  const steps = Array.from({ length: 20 }, (_, i) => change('a', `k${i}`))
  const long = Array.from({ length: 300 }, (_, i) => `+line ${i}`)
  const text = page(steps, ({ key }) => (key === 'k7' ? long : ['+short']), 4500)
  t.true(Buffer.byteLength(text) <= 4500)
  t.regex(text, /cut to fit: 1 diff left out\. p\.json holds all\./)
  t.regex(text, /- <b>file \/k7<\/b>: write \/k7 \*\(diff left out\)\*/)
  for (const { key } of steps) t.true(text.includes(`<b>file /${key}</b>`), key)
  t.regex(text, /--apply p\.json/)
})

test('much too long: tasks are left out from the end, and counted; the way to apply it stays', t => {
  const steps = Array.from({ length: 2000 }, (_, i) => change(`host${i}`, `k${i}`))
  const text = page(steps, () => ['+é`````'], 65_536)
  t.true(Buffer.byteLength(text) <= 65_536)
  const [, missing = ''] = /(\d+) tasks at the end left out/.exec(text) ?? []
  t.is(text.split('<b>file /k').length - 1 + Number(missing), 2000)
  t.regex(text, /--apply p\.json/)
})
