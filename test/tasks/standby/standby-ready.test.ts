import test from 'ava'
import { clock } from '../../../lib/facts/clock.ts'
import { content } from '../../../lib/facts/content.ts'
import { diskSpace } from '../../../lib/facts/disk-space.ts'
import { path } from '../../../lib/facts/path.ts'
import { unit } from '../../../lib/facts/unit.ts'
import { standbyReady } from '../../../lib/tasks/standby/standby-ready.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const home = '/opt/jfrog/artifactory'
const filestore = `${home}/var/data/artifactory/filestore`
const directory = { type: 'directory', mode: '0750', owner: 'artifactory', group: 'artifactory' } as const

const link = { type: 'link', target: '/mnt', owner: 'root', group: 'root' } as const

const sound = { version: '7.104.5', service: 'inactive', total: 100, available: 90, offset: 0, link: '' }
const host = (now: typeof sound) => [
  answer(content(`${home}/app/artifactory.product.version.properties`), {
    size: 1,
    bytes: Buffer.from(`artifactory.product.version=${now.version}\n`),
  }),
  answer(path(`${home}/var`), directory),
  answer(path(`${home}/var/data`), directory),
  answer(path(`${home}/var/data/artifactory`), now.link === 'data' ? link : directory),
  answer(path(filestore), now.link === 'filestore' ? link : directory),
  answer(unit('artifactory'), { load: 'loaded', active: now.service, needsReload: false }),
  answer(diskSpace(filestore), {
    totalBytes: now.total * 2 ** 30,
    availableBytes: now.available * 2 ** 30,
    mountPoint: '/',
    device: 'd',
    fsType: 'ext4',
  }),
  answer(clock, { offsetMs: now.offset, uncertaintyMs: 10, at: 0 }),
]
const facts = (standby: Partial<typeof sound>, active: Partial<typeof sound> = {}) =>
  fakeFacts(host({ ...sound, ...standby }), {
    active: { ...fakeFacts(host({ ...sound, service: 'active', ...active })), host: 'node1' },
  })
const task = standbyReady({
  active: 'active',
  home,
  service: 'artifactory',
  filestorePath: 'data/artifactory/filestore',
  maxClockSkewSeconds: 2,
})

test('all is as it should be: nothing', async t => t.deepEqual(await task.plan(facts({})), []))
test('a service that failed does not run', async t => t.deepEqual(await task.plan(facts({ service: 'failed' })), []))
test('a clock within the limit and what the measurement cannot tell', async t =>
  t.deepEqual(await task.plan(facts({ offset: 2015 })), []))

for (const [title, standby, active, message] of [
  ['another version', { version: '7.90.1' }, {}, /it has Artifactory 7\.90\.1, the active 7\.104\.5/],
  ['nothing installed', { version: '' }, {}, /no Artifactory is installed/],
  ['running', { service: 'active' }, {}, /two actives, or the roles are the wrong way round/],
  ['too small', { total: 50 }, { total: 100, available: 10 }, /has 50\.0 GiB, .*90\.0 GiB in use/],
  ['another time', { offset: -2500 }, {}, /2\.5 s apart, 2 s at most/],
  ['a filestore that is a link', { link: 'filestore' }, {}, /artifactory\/filestore is a link/],
  ['a filestore behind a link', { link: 'data' }, {}, /var\/data\/artifactory is a link/],
] as const)
  test(`refused: ${title}`, async t => {
    await t.throwsAsync(task.plan(facts(standby, active)), { message })
  })
