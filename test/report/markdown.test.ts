import test from 'ava'
import type { Event } from '../../lib/event.ts'
import { markdown } from '../../lib/report/markdown.ts'
import { ended, failure, recorded, runOf } from '../helpers/events.ts'
import { asRecords, everything } from '../helpers/everything.ts'

const of = (events: readonly Event[], limit = 1e6) => markdown(asRecords(events), { limit })

test('hosts, what went wrong in full, changes as diffs', t => {
  const text = of(recorded('failing'))
  for (const part of [
    '### Artifactory warm standby: refused by a guard (exit code 5)\n',
    '| host | ok | changed | failed | skipped | unreachable | unknown |\n|---|--:|--:|--:|--:|--:|--:|\n| active1 | 1 |',
    '<details><summary><b>failed</b> on active1, standby1: file /etc/motd: exit code 1: cat: write error: No space left on device</summary>\n\n```text\nexit code 1\n',
    '#### Changes\n\n<details><summary>changed on standby2: file /etc/motd</summary>\n\n```diff\n# write /etc/motd\n',
    '\n- mode  0644\n+ mode  0640\n',
  ])
    t.true(text.includes(part), part)
})

test('check mode says what would change, and what is not known before is no trouble', t => {
  const text = of(recorded('check'))
  t.true(text.includes('would change'))
  t.true(text.includes('#### Not known before the run'))
  t.false(text.includes('What went wrong'))
})

test('what a host says is text, in the table, in headings and in blocks', t => {
  const nasty = '</summary></details><script>|`*[x](y)\n```\n# h'
  const text = of(runOf([], [ended('h1', nasty, 'failed', { error: failure({ message: nasty }) })]))
  t.false(/<script|\[x\]\(y\)<\/summary>/.test(text.replace(/````text.*````/s, '')))
  t.is(text.split('</details>').length, 3, 'one of our own, one within the block')
  t.true(text.includes('\n````text\n'), 'the fence is longer than any within')
})

for (const limit of [0, 100, 300, 2000, 20_000])
  test(`at most ${limit} bytes, and what is left out is said`, t => {
    const many = Array.from({ length: 100 }, (_, i) =>
      ended('h1', `é task ${i}`, 'failed', { index: i, error: failure({ message: `é ${i}`.repeat(20) }) }),
    )
    const text = of(runOf(['h1'], many), limit)
    t.true(Buffer.byteLength(text) <= limit)
    if (limit >= 300) t.regex(text, /and \d+ more, which do not fit here/)
    t.is(text.split('<details>').length, text.split('</details>').length)
  })

test('a record that ends before the run did does not look like one that went well', t => {
  t.true(of(everything.slice(0, 10)).includes('nobody knows how it went'))
})
