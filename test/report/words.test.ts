import test from 'ava'
import { noCounts, showCounts, showDuration, showExit, showHosts, showPlace } from '../../lib/report/words.ts'

for (const [ms, shown] of [
  [0, '0.0 s'],
  [412, '0.4 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 00 s'],
  [125_000, '2 min 05 s'],
  [3_599_600, '1 h 00 min'],
  [3_720_000, '1 h 02 min'],
] as const)
  test(`${ms} ms are ${shown}`, t => t.is(showDuration(ms), shown))

test('counts of nothing, of something, in check mode', t => {
  t.is(showCounts(noCounts, 'apply'), 'nothing to do')
  t.is(showCounts({ ...noCounts, ok: 2, changed: 1 }, 'apply'), '2 ok, 1 changed')
  t.is(showCounts({ ...noCounts, changed: 1, unknown: 3 }, 'check'), '1 would change, 3 unknown')
})

test('every exit code has words', t => {
  t.is(showExit(0, noCounts, 'apply'), 'done, nothing changed')
  t.is(showExit(0, { ...noCounts, changed: 2 }, 'apply'), 'done, 2 changed')
  t.is(showExit(0, noCounts, 'check'), 'checked, nothing would change; nothing was written')
  t.is(showExit(3, noCounts, 'check'), 'there are changes, and none were expected (exit code 3)')
  for (const code of [1, 2, 4, 5, 130]) t.notRegex(showExit(code, noCounts, 'apply'), /^ended/)
})

test('a few hosts by name, many by number', t => {
  t.is(showHosts(['a', 'b']), 'a, b')
  t.is(showHosts(['a', 'b', 'c', 'd', 'e', 'f', 'g']), '7 hosts: a, b, c ...')
})

test('a place below the working directory is relative, another one is not', t => {
  t.is(showPlace({ file: `${process.cwd()}/playbooks/x.ts`, line: 1, column: 2 }), 'playbooks/x.ts:1:2')
  t.is(showPlace({ file: '/elsewhere/x.ts', line: 1, column: 2 }), '/elsewhere/x.ts:1:2')
})
