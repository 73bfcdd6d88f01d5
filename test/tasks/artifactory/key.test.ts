import test from 'ava'
import { sha256 } from '../../../lib/changes/write-file.ts'
import { secretFile } from '../../../lib/facts/artifactory/secret-file.ts'
import { digest } from '../../../lib/facts/digest.ts'
import { path } from '../../../lib/facts/path.ts'
import { Secret } from '../../../lib/secret.ts'
import { key } from '../../../lib/tasks/artifactory/key.ts'
import { planned } from '../../helpers/check-task.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const at = '/opt/jfrog/artifactory/var/etc/security/master.key'
const sign = '/opt/jfrog/artifactory/var/log/artifactory-service.log'
const [mine, theirs] = [new Secret('aaaaaaaaaaaaaaaa\n'), new Secret('bbbbbbbbbbbbbbbb\n')]
const file = { type: 'file', mode: '0640', owner: 'artifactory', group: 'artifactory' } as const

const facts = (here: Secret | undefined, there: Secret | undefined, ran: boolean) =>
  fakeFacts(
    [
      answer(secretFile(at), { secret: here }),
      answer(path(at), here ? file : { type: 'absent' }),
      answer(path('/opt/jfrog/artifactory/var/etc/security'), { ...file, type: 'directory' }),
      answer(digest(at), { sha256: here && sha256(here.reveal()) }),
      answer(path(sign), ran ? file : { type: 'absent' }),
    ],
    { active: { ...fakeFacts([answer(secretFile(at), { secret: there })]), host: 'node1' } },
  )
const task = key({ path: at, from: 'active', fromPath: at, sign })

test('absent: written, and never shown', async t => {
  const [write] = await planned(t, task, facts(undefined, theirs, false), [`write ${at}`])
  t.false(JSON.stringify(write).includes('bbbb'))
})
test('equal: nothing', async t => void (await planned(t, task, facts(theirs, theirs, true), [])))
test('different, and Artifactory never ran here: replaced', async t =>
  void (await planned(t, task, facts(mine, theirs, false), [`write ${at}`])))
test('different, and Artifactory has run here: refused, naming both hosts', async t => {
  await t.throwsAsync(task.plan(facts(mine, theirs, true)), { message: /between h1 and node1/ })
})
test('not on the active: refused', async t => {
  await t.throwsAsync(task.plan(facts(undefined, undefined, false)), { message: /node1 has no key/ })
})
