import test from 'ava'
import { secretFile } from '../../../lib/facts/artifactory/secret-file.ts'
import { content } from '../../../lib/facts/content.ts'
import { path } from '../../../lib/facts/path.ts'
import { serverIdentity } from '../../../lib/facts/postgres/server-identity.ts'
import { thisHost } from '../../../lib/facts/postgres/this-host.ts'
import { unit } from '../../../lib/facts/unit.ts'
import { Secret } from '../../../lib/secret.ts'
import { activeReady } from '../../../lib/tasks/standby/active-ready.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const home = '/opt/jfrog/artifactory'
const database = (type: string, url: string) => `shared:\n  database:\n    type: ${type}\n    url: ${url}\n`
const moved = '<chain template="file-system"/><baseDataDir> /mnt </baseDataDir>'
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
  link: undefined as string | undefined,
  yaml: database('postgresql', 'jdbc:postgresql://127.0.0.1:5432/artifactory') as string | undefined,
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
    ...['', '/data', '/data/artifactory', '/data/artifactory/filestore'].map(way =>
      answer(
        path(`/var/opt/jfrog/artifactory${way}`),
        now.link === way
          ? { type: 'link', target: '/mnt', owner: 'root', group: 'root' }
          : { type: 'directory', mode: '0755', owner: 'root', group: 'root' },
      ),
    ),
    answer(secretFile('/var/opt/jfrog/artifactory/etc/system.yaml'), {
      secret: now.yaml === undefined ? undefined : Secret.document(now.yaml),
    }),
    answer(thisHost('127.0.0.1'), { isThisHost: true, addresses: ['127.0.0.1'] }),
    answer(thisHost('node1.example'), { isThisHost: true, addresses: ['198.51.100.2'] }),
    answer(thisHost('db.example'), { isThisHost: false, addresses: ['198.51.100.9'] }),
    answer(unit('artifactory'), { load: 'loaded', active: now.service, needsReload: false }),
    answer(serverIdentity({ port: 5432 }), now.server),
  ])
const task = activeReady({
  version: '17',
  database: 'artifactory',
  filestorePath: 'data/artifactory/filestore',
  home,
  service: 'artifactory',
})

test('all is as it should be: nothing', async t => t.deepEqual(await task.plan(facts(sound)), []))
test("the database at one of the host's own addresses: nothing", async t => {
  const yaml = database('postgresql', 'jdbc:postgresql://node1.example/artifactory?ssl=true')
  t.deepEqual(await task.plan(facts({ ...sound, yaml })), [])
})

for (const [title, wrong, message] of [
  ['nothing installed', { version: undefined }, /no Artifactory is installed/],
  ['stopped', { service: 'inactive' }, /does not run \(inactive\)/],
  ['a standby', { server: { ...sound.server, inRecovery: true } }, /it is a standby/],
  ['no database', { server: { unavailable: 'refused' } }, /does not answer on port 5432: refused/],
  ['another major version', { server: { ...sound.server, major: '16' } }, /runs PostgreSQL 16, the inventory says 17/],
  ['binaries in S3', { store: '<config><chain template="s3-storage-v3"/></config>' }, /template is s3-storage-v3/],
  ['a moved filestore', { store: moved }, /its directory is \/mnt\/filestore, not /],
  ['data behind a link', { link: '/data' }, /\/var\/opt\/jfrog\/artifactory\/data is a link, which a copy/],
  ['a link to a link', { link: '' }, /\/var\/opt\/jfrog\/artifactory is a link/],
  ['no system.yaml', { yaml: undefined }, /it has no \S+system\.yaml/],
  ['Derby', { yaml: 'shared: {}\n' }, /names no database, which means Derby/],
  ['MySQL', { yaml: database('mysql', 'jdbc:mysql://127.0.0.1/artifactory') }, /of the type mysql, not postgresql/],
  [
    'a database elsewhere',
    { yaml: database('postgresql', 'jdbc:postgresql://db.example:5432/artifactory') },
    /database is on db\.example \(198\.51\.100\.9\), not on this host/,
  ],
  [
    'another port',
    { yaml: database('postgresql', 'jdbc:postgresql://127.0.0.1:5433/artifactory') },
    /uses the database artifactory on port 5433, the inventory says artifactory on port 5432/,
  ],
  [
    'another database',
    { yaml: database('postgresql', 'jdbc:postgresql://127.0.0.1/other') },
    /uses the database other on port 5432/,
  ],
] as const)
  test(`refused: ${title}`, async t => {
    await t.throwsAsync(task.plan(facts({ ...sound, ...(wrong as Partial<typeof sound>) })), { message })
  })

test('everything that is wrong is said at once', async t => {
  const all = { ...sound, version: undefined, service: 'failed', server: { unavailable: 'refused' } }
  await t.throwsAsync(task.plan(facts(all)), { message: /no Artifactory.*; .*does not run.*; .*does not answer/ })
})
