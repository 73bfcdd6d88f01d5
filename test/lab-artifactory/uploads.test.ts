import { createHash } from 'node:crypto'
import { mkdir, readdir, unlink, utimes, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import test from 'ava'
import { StandInError } from '../lab/artifactory/client.ts'
import { Filestore } from '../lab/artifactory/server/filestore.ts'
import type { Home } from '../lab/artifactory/server/home.ts'
import { startCluster } from './support/cluster.ts'
import { configure, start, temporaryHome } from './support/home.ts'

const cluster = await startCluster()
test.after.always(() => cluster?.destroy())
const real = cluster === undefined ? test.skip : test
if (cluster === undefined) test('PostgreSQL', t => t.pass('left out: no PostgreSQL server is installed here'))

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex')
const files = (home: Home): Filestore =>
  new Filestore({ root: `${home.data}/filestore`, incoming: `${home.data}/filestore/_pre` })

async function active(t: Parameters<typeof start>[0], options: Parameters<typeof start>[2] = {}) {
  const home = await temporaryHome(t)
  const database = await cluster!.create()
  await configure(home, cluster!, database)
  return { home, database, ...(await start(t, home, options)) }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 5))
}

real('an upload is in the filestore, in both tables, and comes back', async t => {
  const { client, home, database } = await active(t)
  const binary = await client.put('libs/a/b/one.bin', 'content')
  t.is(binary.sha1, sha1('content'))
  t.is((await files(home).stat(binary.sha1))?.length, 7)
  t.is((await client.get('libs/a/b/one.bin')).toString(), 'content')
  t.deepEqual(await client.head('libs/a/b/one.bin'), { sha1: binary.sha1, length: 7 })
  const rows = await cluster!.query(
    database,
    `SELECT repo, node_path, node_name, depth, node_type, trim(sha1_actual) AS sha1 FROM nodes ORDER BY depth`,
  )
  t.deepEqual(rows, [
    { repo: 'libs', node_path: '.', node_name: 'a', depth: 1, node_type: 0, sha1: null },
    { repo: 'libs', node_path: 'a', node_name: 'b', depth: 2, node_type: 0, sha1: null },
    { repo: 'libs', node_path: 'a/b', node_name: 'one.bin', depth: 3, node_type: 1, sha1: binary.sha1 },
  ])
})

real('the file comes before the row', async t => {
  const { client, home, database } = await active(t)
  const upload = client.put('libs/slow.bin', 'slow', { pause: 1_000 })
  await until(async () => (await files(home).stat(sha1('slow'))) !== undefined)
  t.deepEqual(await cluster!.query(database, 'SELECT sha1 FROM binaries'), [])
  t.is((await client.head('libs/slow.bin')) ?? 'none', 'none')
  await upload
  t.is((await cluster!.query(database, 'SELECT sha1 FROM binaries')).length, 1)
})

real('a checksum that was announced and did not come is refused, and leaves nothing', async t => {
  const { client, home } = await active(t)
  const error = await t.throwsAsync(client.put('libs/x', 'other', { sha1: sha1('announced') }), {
    instanceOf: StandInError,
  })
  t.is(error?.status, 409)
  t.deepEqual(await files(home).directories(), [])
  t.deepEqual((await client.consistency()).rows, 0)
})

real('a checksum deploy refers to a file that is there, and to none that is not', async t => {
  const { client } = await active(t)
  const { sha1: held } = await client.put('libs/one', 'shared')
  await client.putByChecksum('libs/two', held)
  t.is((await client.get('libs/two')).toString(), 'shared')
  const error = await t.throwsAsync(client.putByChecksum('libs/three', sha1('absent')), { instanceOf: StandInError })
  t.is(error?.status, 404)
})

real('a lost file is shown: GET fails and says so in the log, HEAD does not know, consistency names it', async t => {
  const { client, home, lines } = await active(t)
  const { sha1: lost } = await client.put('libs/lost.bin', 'lost')
  await unlink(files(home).path(lost))
  const error = await t.throwsAsync(client.get('libs/lost.bin'), { instanceOf: StandInError })
  t.is(error?.status, 500)
  t.true(lines.some(line => line.startsWith('ERROR BINARY MISSING: libs/lost.bin')))
  t.truthy(await client.head('libs/lost.bin'))
  const consistency = await client.consistency()
  t.false(consistency.consistent)
  t.deepEqual(consistency.rowsWithoutFile, [
    { sha1: lost, referenced: true, items: ['libs/lost.bin'], expectedLength: 4 },
  ])
})

real('a truncated file fails a GET; one with other content is found by a deep look', async t => {
  const { client, home } = await active(t)
  const short = await client.put('libs/short', 'whole')
  await writeFile(files(home).path(short.sha1), 'who')
  t.is((await t.throwsAsync(client.get('libs/short'), { instanceOf: StandInError }))?.status, 500)
  const other = await client.put('libs/other', 'right')
  await writeFile(files(home).path(other.sha1), 'wrong')
  t.deepEqual(
    (await client.consistency()).rowsWithoutFile.map(row => row.sha1),
    [short.sha1],
  )
  const deep = await client.consistency({ deep: true })
  t.deepEqual(deep.rowsWithoutFile.map(row => row.corrupt ?? false).sort(), [false, true])
})

real('deleting leaves the binary to the garbage collector, which takes only what nothing refers to', async t => {
  const { client, home } = await active(t)
  const { sha1: gone } = await client.put('libs/gone', 'gone')
  await client.put('libs/one', 'kept')
  await client.put('libs/two', 'kept')
  await client.delete('libs/gone')
  await client.delete('libs/one')
  t.is((await t.throwsAsync(client.get('libs/gone'), { instanceOf: StandInError }))?.status, 404)
  t.truthy(await files(home).stat(gone))
  t.deepEqual(await client.gc(), { candidates: 1, rows: 1, files: 1 })
  t.is((await files(home).stat(gone)) ?? 'none', 'none')
  t.is((await client.get('libs/two')).toString(), 'kept')
  t.true((await client.consistency()).consistent)
})

real('an upload that meets the garbage collector on the same binary loses nothing', async t => {
  const { client } = await active(t)
  await client.put('libs/one', 'again')
  await client.delete('libs/one')
  const collecting = client.gc({ pause: 200 })
  await client.put('libs/two', 'again')
  await collecting
  t.is((await client.get('libs/two')).toString(), 'again')
  t.true((await client.consistency({ deep: true })).consistent)
})

real('while the collector pauses before the file, other sessions still see the row', async t => {
  const { client, home, database } = await active(t)
  const { sha1: gone } = await client.put('libs/one', 'x')
  await client.delete('libs/one')
  const collecting = client.gc({ pause: 4_000 })
  const locked = `SELECT 1 FROM distributed_locks WHERE lock_key = 'gc'`
  await until(async () => (await cluster!.query(database, locked)).length === 1)
  t.is((await t.throwsAsync(client.gc(), { instanceOf: StandInError }))?.status, 409)
  t.is((await cluster!.query(database, 'SELECT sha1 FROM binaries')).length, 1)
  await collecting
  t.is((await files(home).stat(gone)) ?? 'none', 'none')
  t.deepEqual(await cluster!.query(database, locked), [])
})

real('prune deletes old files without a row, and nothing that is young, referenced or in work', async t => {
  const { client, home } = await active(t)
  const store = files(home)
  const { sha1: kept } = await client.put('libs/kept', 'kept')
  const stray = async (text: string, days: number): Promise<string> => {
    await client.put(`libs/${text}`, text)
    await client.delete(`libs/${text}`)
    await client.gc()
    await mkdir(store.path(sha1(text)).slice(0, -41), { recursive: true })
    await writeFile(store.path(sha1(text)), text)
    const when = new Date(Date.now() - days * 86_400_000)
    await utimes(store.path(sha1(text)), when, when)
    return sha1(text)
  }
  const old = await stray('old', 3)
  const young = await stray('young', 0)
  const uploading = client.put('libs/uploading', 'uploading', { pause: 1_500 })
  await until(async () => (await store.stat(sha1('uploading'))) !== undefined)

  const dry = await client.prune({ dryRun: true })
  t.like(dry, { unreferenced: 1, deleted: 0, skippedYoung: 1, skippedInUse: 1 })
  t.truthy(await store.stat(old))
  t.like(await client.prune(), { unreferenced: 1, deleted: 1 })
  t.is((await store.stat(old)) ?? 'none', 'none')
  t.truthy(await store.stat(young))
  t.like(await client.prune({ binaryOlderThanDays: 0, startFromDirectory: 'zz' }), { processed: 0 })
  await uploading
  t.is((await client.get('libs/uploading')).toString(), 'uploading')
  t.truthy(await store.stat(kept))
})

real('prune with the database of another time destroys what that database does not know', async t => {
  const { client, home } = await active(t)
  const { sha1: artifact } = await client.put('libs/one', 'newer than the other database')
  const second = await temporaryHome(t)
  await configure(second, cluster!, await cluster!.create(), { nodeId: 'node2' })
  await writeFile(
    second.binarystore,
    `<config><chain template="file-system"/><provider><baseDataDir>${home.data}</baseDataDir></provider></config>`,
  )
  const { client: other } = await start(t, second)
  await other.prune({ binaryOlderThanDays: 0 })
  t.is((await files(home).stat(artifact)) ?? 'none', 'none')
  t.is((await t.throwsAsync(client.get('libs/one'), { instanceOf: StandInError }))?.status, 500)
})

real('with the trash on, a deleted item keeps its binary until the trash is emptied', async t => {
  const { client } = await active(t, { trash: true })
  await client.put('libs/a/one', 'one')
  await client.delete('libs/a')
  t.is((await client.get('auto-trashcan/libs/a/one')).toString(), 'one')
  t.is((await client.gc()).candidates, 0)
  await client.emptyTrash()
  t.is((await client.gc()).rows, 1)
})

real('paths that leave the repository, and folders in the way, are refused', async t => {
  const { client, standIn } = await active(t)
  const base = `http://127.0.0.1:${standIn.ports.router}/artifactory`
  for (const path of ['libs', 'libs/', 'libs/a%2Fb', 'libs/%2e%2e%2fx', 'libs/a%00b', '.hidden/x']) {
    const response = await fetch(`${base}/${path}`, { method: 'PUT', body: 'x' })
    t.is(response.status, 400, path)
  }
  await client.put('libs/a/b', 'x')
  t.is((await t.throwsAsync(client.put('libs/a', 'x'), { instanceOf: StandInError }))?.status, 409)
})

real('uploads, deletions, collections and prunes at once never leave a row without its file', async t => {
  const { client } = await active(t)
  let busy = true
  const contents = ['a', 'b', 'c']
  const workers = contents.map(async (_, worker) => {
    for (let round = 0; round < 40; round += 1) {
      const content = contents[(round + worker) % contents.length]!
      await client.put(`libs/${worker}`, content, { pause: round % 3 })
      t.is((await client.get(`libs/${worker}`)).toString(), content)
      await client.delete(`libs/${worker}`)
    }
    await client.put(`libs/${worker}`, contents[worker]!)
  })
  const cleaners = [() => client.gc({ pause: 2 }), () => client.prune({ binaryOlderThanDays: 0 })].map(async clean => {
    while (busy) await clean()
  })
  await Promise.all(workers)
  busy = false
  await Promise.all(cleaners)
  for (const [worker, content] of contents.entries()) t.is((await client.get(`libs/${worker}`)).toString(), content)
  t.true((await client.consistency({ deep: true })).consistent)
})

real('an empty file is a file; an upload that breaks off leaves nothing', async t => {
  const { client, home, standIn } = await active(t)
  t.is((await client.put('libs/empty', '')).length, 0)
  t.is((await client.get('libs/empty')).length, 0)

  const incoming = `${home.data}/filestore/_pre`
  const upload = request({
    port: standIn.ports.artifactory,
    method: 'PUT',
    path: '/artifactory/libs/broken',
    headers: { 'Content-Length': 1_000_000 },
  })
  upload.on('error', () => undefined)
  upload.write(Buffer.alloc(10_000))
  await until(async () => (await readdir(incoming)).length === 1)
  upload.destroy()
  await until(async () => (await readdir(incoming)).length === 0)
  t.is((await client.head('libs/broken')) ?? 'none', 'none')
})

real('health has the form of the real one and names its node', async t => {
  const { standIn } = await active(t)
  for (const port of Object.values(standIn.ports)) {
    const response = await fetch(`http://127.0.0.1:${port}/router/api/v1/system/health`)
    t.is(response.headers.get('x-artifactory-node-id'), 'node1')
    const { router, services } = (await response.json()) as { router: { state: string }; services: unknown[] }
    t.is(router.state, 'HEALTHY')
    const jfrt = { service_id: `jfrt@${standIn.instance.id}`, node_id: 'node1', state: 'HEALTHY', message: 'OK' }
    t.deepEqual(services[0], jfrt)
  }
})
