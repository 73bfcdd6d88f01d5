import test from 'ava'
import type { Event } from '../../lib/event.ts'
import { codeQuality } from '../../lib/report/gitlab.ts'
import { ended, failure, fixtures, recorded, runOf } from '../helpers/events.ts'
import { asRecords, everything } from '../helpers/everything.ts'

interface Issue {
  readonly description: string
  readonly check_name: string
  readonly fingerprint: string
  readonly severity: string
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } }
}

const issues = (events: readonly Event[], checkout = process.cwd()) =>
  JSON.parse(codeQuality(asRecords(events), checkout)) as Issue[]

test('a failure at its line, hosts with the same in one', t => {
  const error = failure({ message: 'exit code 1', code: 1, stderr: 'disk full\n', hint: 'Free space.' })
  const [issue, ...more] = issues(
    runOf(
      ['h1', 'h2'],
      ['h1', 'h2'].map(host => ended(host, 'file /x', 'failed', { error })),
    ),
  )
  t.deepEqual(more, [])
  t.like(issue, {
    description: 'failed: file /x on h1, h2: exit code 1: disk full\nFree space.',
    check_name: 'baton/failed',
    severity: 'critical',
    location: { path: 'playbooks/x.ts', lines: { begin: 3 } },
  })
})

test('nothing went wrong: an empty list', t => {
  t.deepEqual(issues(recorded('changing')), [])
  t.deepEqual(issues(runOf(['h1'], [ended('h1', 'x', 'unknown')], 'check')), [])
})

for (const name of [...fixtures, 'everything'] as const)
  test(`${name}: every issue has what GitLab wants, and a fingerprint of its own`, t => {
    const all = issues(name === 'everything' ? everything : recorded(name))
    t.is(new Set(all.map(issue => issue.fingerprint)).size, all.length)
    for (const issue of all) {
      t.regex(issue.fingerprint, /^[0-9a-f]{64}$/)
      t.true(['minor', 'critical'].includes(issue.severity))
      t.true(issue.location.path.length > 0 && !issue.location.path.startsWith('/'))
      t.true(issue.location.lines.begin >= 1)
    }
    if (name === 'everything') t.is(all.length, 7)
  })

test('the same failure has the same fingerprint in the next run, whatever the host says of it', t => {
  const run = (message: string, title = 'x') =>
    issues(runOf(['h1'], [ended('h1', title, 'failed', { error: failure({ message }) })]))
  t.is(run('pid 17')[0]?.fingerprint, run('pid 18')[0]?.fingerprint)
  t.not(run('pid 17')[0]?.fingerprint, run('pid 17', 'y')[0]?.fingerprint)
})

test('a file outside of the checkout is not named as if it were in it', t => {
  t.is(issues(runOf(['h1'], [ended('h1', 'x', 'failed')]), '/somewhere/else')[0]?.location.path, '.')
})
