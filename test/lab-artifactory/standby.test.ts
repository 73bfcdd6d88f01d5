import { copyFile, readFile, writeFile } from 'node:fs/promises'
import test from 'ava'
import { optionsFrom } from '../lab/artifactory/server/options.ts'
import { Refusal } from '../lab/artifactory/server/refusal.ts'
import { startStandIn } from '../lab/artifactory/server/server.ts'
import { startCluster } from './support/cluster.ts'
import { configure, logTo, start, temporaryHome } from './support/home.ts'

const cluster = await startCluster()
test.after.always(() => cluster?.destroy())
const real = cluster === undefined ? test.skip : test
if (cluster === undefined) test('PostgreSQL', t => t.pass('left out: no PostgreSQL server is installed here'))

real(
  "on a standby database it does not start; after the promotion it does, with the active node's key only",
  async t => {
    const active = await temporaryHome(t)
    const database = await cluster!.create()
    await configure(active, cluster!, database)
    const first = await start(t, active)
    await first.client.put('libs/one', 'one')
    await first.standIn.stop()
    await cluster!.becomeStandby()

    const standby = await temporaryHome(t)
    await copyFile(active.masterKey, standby.masterKey)
    await configure(standby, cluster!, database, { nodeId: 'node2' })
    const refused = await t.throwsAsync(startStandIn(standby, optionsFrom({}), logTo([])), { instanceOf: Refusal })
    t.regex(refused?.message ?? '', /is in recovery \(a standby\): read-only/)

    await cluster!.promote()
    const { client, standIn } = await start(t, standby)
    t.is(standIn.instance.id, first.standIn.instance.id)
    t.false((await client.consistency()).consistent)
    await t.throwsAsync(client.get('libs/one'), { message: /is not there in the filestore/ })
    await standIn.stop()

    const keyless = await temporaryHome(t)
    await configure(keyless, cluster!, database, { nodeId: 'node3' })
    await writeFile(keyless.joinKey, await readFile(active.joinKey))
    await t.throwsAsync(startStandIn(keyless, optionsFrom({}), logTo([])), {
      message: /not the one that this database/,
    })
  },
)
