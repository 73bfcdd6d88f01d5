import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import test from 'ava'
import { parse } from 'yaml'
import { StandInClient, StandInError } from '../lab/artifactory/client.ts'
import { MasterKey } from '../lab/artifactory/server/cipher.ts'
import type { Home } from '../lab/artifactory/server/home.ts'
import { optionsFrom } from '../lab/artifactory/server/options.ts'
import { Refusal } from '../lab/artifactory/server/refusal.ts'
import { startStandIn } from '../lab/artifactory/server/server.ts'
import { freePort, startCluster } from './support/cluster.ts'
import { configure, logTo, start, temporaryHome } from './support/home.ts'

const cluster = await startCluster()
test.after.always(() => cluster?.destroy())
const real = cluster === undefined ? test.skip : test
if (cluster === undefined) test('PostgreSQL', t => t.pass('left out: no PostgreSQL server is installed here'))

interface SystemYaml {
  shared: { user?: string; database: { password: string; url: string }; security: { joinKey: string }; extra?: string }
}
const yamlOf = async (home: Home): Promise<SystemYaml> => parse(await readFile(home.systemYaml, 'utf8')) as SystemYaml

async function refusal(home: Home, environment: Record<string, string> = {}): Promise<string> {
  const lines: string[] = []
  try {
    await (await startStandIn(home, optionsFrom(environment), logTo(lines))).stop()
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
  return 'it started'
}

real('the first start makes the keys and encrypts system.yaml, and the second changes nothing', async t => {
  const home = await temporaryHome(t)
  await configure(home, cluster!, await cluster!.create(), { joinKey: 'abcd' })
  await writeFile(home.systemYaml, `# mine\n${await readFile(home.systemYaml, 'utf8')}other:\n  key: kept\n`)
  const first = await start(t, home)
  await first.standIn.stop()
  const text = await readFile(home.systemYaml, 'utf8')
  const key = new MasterKey(await readFile(home.masterKey, 'utf8'))
  const { shared } = await yamlOf(home)
  t.regex(shared.database.password, /^[\w-]{6}\.aesgcm256\./)
  t.is(key.decrypt(shared.database.password), cluster!.password)
  t.is(key.decrypt(shared.security.joinKey), 'abcd')
  t.is((await readFile(home.joinKey, 'utf8')).trim(), 'abcd')
  t.is((await stat(home.masterKey)).mode & 0o777, 0o640)
  t.false(text.includes(cluster!.password))
  t.true(text.startsWith('# mine\n') && text.includes('key: kept'))
  t.false(first.lines.join('\n').includes(cluster!.password))

  const second = await start(t, home)
  t.is(await readFile(home.systemYaml, 'utf8'), text)
  t.is(second.standIn.instance.id, first.standIn.instance.id)
  t.false(second.standIn.instance.fresh)
})

real('a key that was placed is used', async t => {
  const home = await temporaryHome(t)
  await configure(home, cluster!, await cluster!.create())
  await writeFile(home.masterKey, '00112233445566778899aabbccddeeff\n')
  await start(t, home)
  const key = new MasterKey('00112233445566778899aabbccddeeff')
  t.is(key.decrypt((await yamlOf(home)).shared.database.password), cluster!.password)
})

real('another master key, or none, is refused and nothing is made up for it', async t => {
  const home = await temporaryHome(t)
  await configure(home, cluster!, await cluster!.create())
  await (await start(t, home)).standIn.stop()
  await writeFile(home.masterKey, MasterKey.generate())
  t.regex(await refusal(home), /shared\.database\.password .* cannot be decrypted with .*master\.key/)
  await rm(home.masterKey)
  t.regex(await refusal(home), /master\.key is missing/)
  await t.throwsAsync(stat(home.masterKey), { code: 'ENOENT' })
})

real('a database that was made with another master key is refused', async t => {
  const database = await cluster!.create()
  const home = await temporaryHome(t)
  await configure(home, cluster!, database)
  await (await start(t, home)).standIn.stop()
  const other = await temporaryHome(t)
  await configure(other, cluster!, database)
  t.regex(await refusal(other), /is not the one that this database was made with/)
})

real('a read-only database and a wrong password are refused', async t => {
  const database = await cluster!.create()
  const home = await temporaryHome(t)
  await configure(home, cluster!, database)
  await cluster!.query('postgres', `ALTER DATABASE ${database} SET default_transaction_read_only = on`)
  t.regex(await refusal(home), /is read-only$/)
  const wrong = await temporaryHome(t)
  await configure(wrong, cluster!, database, { databasePassword: 'wrong' })
  t.regex(await refusal(wrong, { STAND_IN_DATABASE_WAIT_MS: '0' }), /database cannot be used: password authentication/)
})

test('an empty home starts as a new instance, healthy, with nothing in it', async t => {
  const home = await temporaryHome(t)
  await rm(home.var, { recursive: true })
  await configureEmbeddedPorts(home)
  const { client, lines, standIn } = await start(t, home)
  t.is(await client.health(), 200)
  t.like(await client.instance(), { database: 'embedded', fresh: true })
  t.true(lines.some(line => line.includes('NEW INSTANCE')))
  await client.put('libs/a/one', 'one')
  await standIn.stop()
  const again = await start(t, home)
  t.is((await again.client.get('libs/a/one')).toString(), 'one')
  await again.client.delete('libs/a')
  t.deepEqual(await again.client.gc(), { candidates: 1, rows: 1, files: 1 })
})

test('a binary store other than file-system, and a broken system.yaml, are refused', async t => {
  const home = await temporaryHome(t)
  await configureEmbeddedPorts(home)
  await writeFile(home.binarystore, '<config version="2"><chain template="s3-storage-v3"/></config>')
  t.regex(await refusal(home), /file-system only, not s3-storage-v3/)
  const broken = await temporaryHome(t)
  await writeFile(broken.systemYaml, 'shared: [')
  t.regex(await refusal(broken), /system\.yaml: /)
  await writeFile(broken.systemYaml, 'shared: {database: {type: mysql}}')
  t.regex(await refusal(broken), /postgresql only, not mysql/)
})

test('health is 503 and items are refused while it starts; liveness is not', async t => {
  const home = await temporaryHome(t)
  const port = await freePort()
  await configureEmbeddedPorts(home, port)
  const starting = startStandIn(home, { ...optionsFrom({}), startDelay: 400 }, logTo([]))
  const client = new StandInClient(`http://127.0.0.1:${port}`)
  let health: number | undefined
  while (health === undefined) health = await client.health()
  t.is(health, 503)
  t.false(await client.ping())
  t.is((await t.throwsAsync(client.put('libs/a', 'x'), { instanceOf: StandInError }))?.status, 503)
  t.is((await fetch(`http://127.0.0.1:${port}/artifactory/api/v1/system/liveness`)).status, 200)
  const standIn = await starting
  t.is(await client.health(), 200)
  t.true(await client.ping())
  await standIn.stop()
})

real('health is 503 when the database does not answer', async t => {
  const home = await temporaryHome(t)
  const database = await cluster!.create()
  await configure(home, cluster!, database)
  const { client } = await start(t, home)
  t.is(await client.health(), 200)
  await cluster!.query('postgres', `ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
  await cluster!.query('postgres', 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
    database,
  ])
  t.is(await client.health(), 503)
  await cluster!.query('postgres', `ALTER DATABASE ${database} ALLOW_CONNECTIONS true`)
  t.is(await client.health(), 200)
})

real('the server says that it is alive, and offline after a stop; a second one on its database is named', async t => {
  const home = await temporaryHome(t)
  const database = await cluster!.create()
  await configure(home, cluster!, database)
  const { standIn } = await start(t, home, { heartbeat: 50 })
  const state = () =>
    cluster!.query<{ server_state: string; last_heartbeat: string }>(
      database,
      `SELECT server_state, last_heartbeat FROM artifactory_servers WHERE server_id = 'node1'`,
    )
  const [before] = await state()
  t.is(before?.server_state, 'RUNNING')
  let after = before
  while (after?.last_heartbeat === before?.last_heartbeat) [after] = await state()
  const other = await temporaryHome(t)
  await configure(other, cluster!, database, { nodeId: 'node2' })
  await writeFile(other.masterKey, await readFile(home.masterKey))
  const { lines } = await start(t, other)
  t.true(lines.some(line => line.startsWith('ERROR TWO ACTIVES: server node1')))
  await standIn.stop()
  t.is((await state())[0]?.server_state, 'OFFLINE')
})

real('a stop lets an upload in flight end, up to its limit', async t => {
  const home = await temporaryHome(t)
  const database = await cluster!.create()
  await configure(home, cluster!, database)
  const { standIn, client } = await start(t, home)
  const uploading = client.put('libs/late', 'late', { pause: 200 })
  while ((await client.consistency()).files === 0);
  await standIn.stop()
  t.is((await uploading).length, 4)

  const limited = await temporaryHome(t)
  const option = '-Dartifactory.graceful.shutdown.max.request.duration.millis=50'
  await configure(limited, cluster!, await cluster!.create(), { extraJavaOpts: option })
  const second = await start(t, limited)
  const cut = t.throwsAsync(second.client.put('libs/late', 'late', { pause: 1_500 }))
  while ((await second.client.consistency()).files === 0);
  await second.standIn.stop()
  await cut
})

test('credentials that are wrong are refused always, none only when they are required; ping needs none', async t => {
  const home = await temporaryHome(t)
  await configureEmbeddedPorts(home)
  const { standIn, client } = await start(t, home, { requireAuth: true })
  const base = `http://127.0.0.1:${standIn.ports.router}`
  t.true(await client.ping())
  t.is((await t.throwsAsync(client.put('libs/a', 'x'), { instanceOf: StandInError }))?.status, 401)
  const wrong = new StandInClient(base, { password: 'wrong' })
  t.is((await t.throwsAsync(wrong.version(), { instanceOf: StandInError }))?.status, 401)
  t.is(await new StandInClient(base, { password: 'password' }).version(), '7.104.5')
})

test('masterKeyExternal takes the key from disk after the start', async t => {
  const home = await temporaryHome(t)
  await configureEmbeddedPorts(home)
  await writeFile(home.systemYaml, `${await readFile(home.systemYaml, 'utf8')}`.replace('shared:', external))
  const { standIn } = await start(t, home)
  await t.throwsAsync(stat(home.masterKey), { code: 'ENOENT' })
  await standIn.stop()
  t.regex(await refusal(home), /master\.key is missing/)
})

const external = 'shared:\n  security: {masterKeyExternal: true}'

async function configureEmbeddedPorts(home: Home, artifactory = 0): Promise<void> {
  await mkdir(`${home.var}/etc`, { recursive: true })
  const ports = `artifactory: {port: ${artifactory}}\nrouter: {entrypoints: {externalPort: 0, internalPort: 0}}\n`
  await writeFile(home.systemYaml, `configVersion: 1\nshared:\n  node: {}\n${ports}access: {http: {port: 0}}\n`)
}
