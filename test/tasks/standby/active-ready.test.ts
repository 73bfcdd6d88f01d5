import test from 'ava'
import { content } from '../../../lib/facts/content.ts'
import { path } from '../../../lib/facts/path.ts'
import { serverIdentity } from '../../../lib/facts/postgres/server-identity.ts'
import { unit } from '../../../lib/facts/unit.ts'
import { activeReady } from '../../../lib/tasks/standby/active-ready.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const home = '/opt/jfrog/artifactory'
const sound = {
  version: 'artifactory.product.version=7.104.5\n' as string | undefined,
  service: 'active',
  server: { systemIdentifier: '7', inRecovery: false, major: '17', limits: {}, listen: '*', bytes: 1 } as
    | {
        systemIdentifier: string
        inRecovery: boolean
        major: string
        limits: Record<string, string>
        listen: string
        bytes: number
      }
    | { unavailable: string },
  store: undefined as string | undefined,
}
const text = (value: string | undefined) => ({
  size: value?.length,
  bytes: value === undefined ? undefined : Buffer.from(value),
})
const facts = (now: typeof sound) =>
  fakeFacts([
    answer(content(`${home}/app/artifactory.product.version.properties`), text(now.version)),
    answer(path(`${home}/var`), { type: 'link', target: '/var/opt/jfrog/artifactory', owner: 'root', group: 'root' }),
    answer(content('/var/opt/jfrog/artifactory/etc/artifactory/binarystore.xml'), text(now.store)),
    answer(unit('artifactory'), { load: 'loaded', active: now.service, needsReload: false }),
    answer(serverIdentity({ port: 5432 }), now.server),
  ])
const task = activeReady({ version: '17', home, service: 'artifactory' })

test('all is as it should be: nothing', async t => t.deepEqual(await task.plan(facts(sound)), []))

for (const [title, wrong, message] of [
  ['nothing installed', { version: undefined }, /no Artifactory is installed/],
  ['stopped', { service: 'inactive' }, /does not run \(inactive\)/],
  ['a standby', { server: { ...sound.server, inRecovery: true } }, /it is a standby/],
  ['no database', { server: { unavailable: 'refused' } }, /does not answer on port 5432: refused/],
  ['another major version', { server: { ...sound.server, major: '16' } }, /runs PostgreSQL 16, the inventory says 17/],
  ['binaries in S3', { store: '<config><chain template="s3-storage-v3"/></config>' }, /template is s3-storage-v3/],
] as const)
  test(`refused: ${title}`, async t => {
    await t.throwsAsync(task.plan(facts({ ...sound, ...(wrong as Partial<typeof sound>) })), { message })
  })

test('everything that is wrong is said at once', async t => {
  const all = { ...sound, version: undefined, service: 'failed', server: { unavailable: 'refused' } }
  await t.throwsAsync(task.plan(facts(all)), { message: /no Artifactory.*; .*does not run.*; .*does not answer/ })
})
