import { resolve } from 'node:path'
import test from 'ava'
import { reportError } from '../../lib/engine/report-error.ts'

const root = resolve(import.meta.dirname, '../..')

const thrown = (...frames: readonly string[]): Error => {
  const error = new TypeError('x is undefined')
  error.stack = ['TypeError: x is undefined', ...frames.map(one => `    at ${one}`)].join('\n')
  return error
}

const package_ = `parse (${root}/node_modules/zod/v4/core/parse.js:1:2)`
const own = `file://${root}/lib/engine/step.ts:30:5`
const users = 'Object.when (/srv/site/playbooks/web.ts:12:7)'

test("what the user's own function threw is a failure at its line, and no bug of Baton", t => {
  for (const stack of [
    [users, own],
    [package_, users, own],
    ['async file:///srv/site/playbooks/web.ts:12:7', own],
  ])
    t.deepEqual(reportError(thrown(...stack), 'write'), {
      kind: 'failed',
      message: '/srv/site/playbooks/web.ts:12:7: TypeError: x is undefined',
      change: 'write',
    })
})

test('what Baton threw is a bug, whoever called it, and so is what nobody can be named for', t => {
  for (const stack of [[own, users], [package_, own, users], ['node:internal/fs/promises:1:2', own], []]) {
    const { kind, message, stack: kept } = reportError(thrown(...stack))
    t.deepEqual({ kind, message }, { kind: 'bug', message: 'x is undefined' })
    t.truthy(kept)
  }
  t.deepEqual(reportError('no'), { kind: 'failed', message: "the playbook threw 'no', which is no Error" })
})
