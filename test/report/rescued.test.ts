import test from 'ava'
import { codeQuality } from '../../lib/report/gitlab.ts'
import { junit } from '../../lib/report/junit.ts'
import { Log } from '../../lib/report/log.ts'
import { markdown } from '../../lib/report/markdown.ts'
import { ended, failure, runOf } from '../helpers/events.ts'
import { asRecords } from '../helpers/everything.ts'

const error = failure({ message: 'exit code 1', code: 1 })
const events = runOf(['h1'], [ended('h1', 'bad', 'failed', { error, ignored: true, rescued: true })])

test('a failure that a rescue puts right is told of, and is no finding', t => {
  t.is(codeQuality(asRecords(events), process.cwd()), '[]\n')
  const text = markdown(asRecords(events), { limit: 10_000 })
  t.regex(text, /#### Rescued\n\n.*<b>rescued<\/b> on h1: bad/)
  t.notRegex(text, /What went wrong/)
  t.regex(junit(asRecords(events)), /failed, and rescued:/)
})

test('in the log it has a word of its own, and is not said again at the end', t => {
  const log = new Log({ verbosity: 0, diff: true, color: false })
  const lines = events.flatMap(event => log.lines(event))
  t.true(lines.some(line => /^h1 +rescued +bad/.test(line)))
  t.false(lines.includes('what went wrong'))
})
