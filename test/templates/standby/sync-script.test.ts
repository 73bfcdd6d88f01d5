import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import anyTest, { type TestFn } from 'ava'
import { noPostgres, type PostgresPair, postgresPair } from '../../helpers/postgres-pair.ts'
import { syncedPair } from '../../helpers/sync-job.ts'

const test = anyTest as TestFn<{ pair: PostgresPair; job: ReturnType<typeof syncedPair> }>
const why = noPostgres()
const real = why ? test.skip : test.serial
if (why) console.log(`left out, ${why}: the synchronisation job against a real PostgreSQL`)
else {
  test.beforeEach(async t => {
    const pair = await postgresPair()
    t.context = { pair, job: syncedPair(pair) }
  })
  test.afterEach.always(t => t.context.pair?.stop())
}

for (const shell of ['dash', 'bash'])
  real(`copies, advances, verifies and publishes, twice (${shell})`, async t => {
    const { job, pair } = t.context
    job.upload('one')
    job.upload('two')
    const first = await job.run(shell)
    t.is(first.code, 0, first.text)
    t.like(job.recoveryPoint(), { state: 'verified', counts: { binaries: 2, referenced: 2, bytes: 6, hashed: 2 } })
    t.is(readFileSync(job.file('standby', 'two'), 'utf8'), 'two')
    job.upload('three')
    t.is(job.binaries('standby'), 2, 'the database waits')
    const second = await job.run(shell)
    t.is(second.code, 0, second.text)
    t.is(job.binaries('standby'), 3)
    t.like(job.recoveryPoint(), {
      systemIdentifier: pair.sql('active', 'SELECT system_identifier FROM pg_control_system()'),
    })
  })

real('a promotion ends at the position, whatever the standby has received since', async t => {
  const { job, pair } = t.context
  job.upload('one')
  await job.run()
  job.upload('later')
  pair.sql('active', 'SELECT pg_switch_wal()')
  const sent = pair.sql('active', 'SELECT pg_current_wal_flush_lsn()')
  while (pair.sql('standby', `SELECT pg_last_wal_receive_lsn() >= '${sent}'`) !== 't');
  pair.sql('standby', 'SELECT pg_promote()')
  t.is(pair.sql('standby', 'SELECT pg_is_in_recovery()'), 'f')
  t.is(job.binaries('standby'), 1)
})

real('a held database stays where it is through restarts and power cuts', async t => {
  const { job, pair } = t.context
  job.upload('one')
  await job.run()
  job.upload('later')
  const before = pair.sql('standby', 'SELECT pg_last_wal_replay_lsn()')
  for (const mode of ['fast', 'immediate', 'immediate']) {
    pair.control('standby', '-m', mode, '-w', 'restart')
    while (pair.sql('standby', 'SELECT pg_get_wal_replay_pause_state()') !== 'paused');
    t.is(pair.sql('standby', 'SELECT pg_last_wal_replay_lsn()'), before)
  }
  pair.sql('standby', 'SELECT pg_promote()')
  t.is(job.binaries('standby'), 1)
})

real(
  'what was collected on the active during a cycle makes the next cycle, not a recovery point that lies',
  async t => {
    const { job, pair } = t.context
    const sha1 = job.upload('doomed')
    job.upload('kept')
    // After the position is taken and before the first file is read, once.
    job.onTransfer(`
    if [ ! -e ${job.at('done')} ]; then
      touch ${job.at('done')}
      psql -Xq -U postgres -h ${pair.directory} -p ${pair.activePort} -d artifactory -c "DELETE FROM nodes WHERE sha1_actual = '${sha1}'" -c "DELETE FROM binaries WHERE sha1 = '${sha1}'"
      rm ${job.file('active', 'doomed')}
    fi`)
    const { code, text } = await job.run()
    t.is(code, 0, text)
    t.regex(text, /INCOMPLETE: .*libs\/org\/acme\/doomed/)
    t.like(job.recoveryPoint(), { state: 'verified', counts: { binaries: 1 } })
  },
)

real('a referenced file that the active lacks for good: incomplete, by name', async t => {
  const { job } = t.context
  job.upload('here')
  job.upload('lost')
  rmSync(job.file('active', 'lost'))
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /after 3 cycles/)
  t.like(job.recoveryPoint(), { state: 'incomplete', missing: ['libs/org/acme/lost'], counts: { missing: 1 } })
})

real('a file of another length is not verified, and a row without reference and file is only counted', async t => {
  const { job, pair } = t.context
  job.upload('short')
  job.upload('garbage')
  pair.sql('active', `DELETE FROM nodes WHERE node_name = 'garbage'`, 'artifactory')
  rmSync(job.file('active', 'garbage'))
  truncateSync(job.file('active', 'short'), 2)
  const { code } = await job.run()
  t.is(code, 1)
  t.like(job.recoveryPoint(), { state: 'incomplete', counts: { wrongLength: 1, missing: 0, missingUnreferenced: 1 } })
})

real('a file whose content is not what its name says is found by hashing', async t => {
  const { job } = t.context
  job.upload('sound')
  writeFileSync(job.file('active', 'sound'), 'dnuos')
  t.is((await job.run()).code, 1)
  t.like(job.recoveryPoint(), { state: 'incomplete', counts: { corrupt: 1 }, missing: ['libs/org/acme/sound'] })
})

real('a source that is not mounted: the standby keeps every file and its recovery point', async t => {
  const { job } = t.context
  job.upload('one')
  await job.run()
  const before = job.recoveryPoint()
  const filestore = job.at('active-var/data/artifactory/filestore')
  renameSync(filestore, `${filestore}.away`)
  const missing = await job.run()
  t.is(missing.code, 1)
  t.regex(missing.text, /cannot read the filestore of the active.*mounted\?/)
  rmSync(filestore, { recursive: true, force: true })
  mkdirSync(filestore)
  const empty = await job.run()
  t.is(empty.code, 1)
  t.regex(empty.text, /is empty, but its database is not.*mounted\?/)
  t.true(existsSync(job.file('standby', 'one')))
  t.deepEqual(job.recoveryPoint(), before)
})

real('an active is never copied over', async t => {
  const { job, pair } = t.context
  job.upload('one')
  job.service('active')
  const running = await job.run()
  t.is(running.code, 1)
  t.regex(running.text, /it may be the active/)
  job.service('inactive')
  pair.sql('standby', 'SELECT pg_promote()')
  const promoted = await job.run()
  t.is(promoted.code, 1)
  t.regex(promoted.text, /not in recovery: it may be the active/)
  t.false(existsSync(job.file('standby', 'one')))
})

real('a database that follows the active without a limit is not synchronised', async t => {
  const { job, pair } = t.context
  job.upload('one')
  writeFileSync(pair.holdFile, '')
  pair.control('standby', '-m', 'fast', '-w', 'restart')
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /follows the active without a limit/)
  t.is(job.recoveryPoint(), undefined)
})

real('a standby of another cluster is not synchronised', async t => {
  const { job } = t.context
  job.upload('one')
  // The active's database is asked, and it is not the one that the standby came from.
  const other = await postgresPair()
  t.teardown(() => other.stop())
  const script = readFileSync(job.at('job'), 'utf8')
  writeFileSync(
    job.at('job'),
    script.replace(
      /^active_database=.*$/m,
      `active_database='host=${other.directory} port=${other.activePort} user=baton dbname=postgres'`,
    ),
  )
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /this is not its standby/)
  t.is(job.recoveryPoint(), undefined)
})

real('killed while the database moves: the recovery point says so, and the next run mends it', async t => {
  const { job } = t.context
  job.upload('one')
  t.is((await job.run()).code, 0)
  job.upload('two')
  const systemctl = readFileSync(job.at('bin/systemctl'), 'utf8')
  writeFileSync(job.at('bin/systemctl'), systemctl.replace('restart)', 'restart) kill -9 $PPID; exit;'))
  t.not((await job.run()).code, 0)
  t.like(job.recoveryPoint(), { state: 'advancing', counts: null })
  writeFileSync(job.at('bin/systemctl'), systemctl)
  const mended = await job.run()
  t.is(mended.code, 0, mended.text)
  t.like(job.recoveryPoint(), { state: 'verified', counts: { binaries: 2 } })
})

real('a second start while one runs leaves with 75, and changes nothing', async t => {
  const { job } = t.context
  job.upload('one')
  const [one, other] = await Promise.all([job.run(), job.run()])
  t.deepEqual(
    [one.code, other.code].sort((a, b) => a - b),
    [0, 75],
  )
  t.regex(one.text + other.text, /running already/)
})

real('a copy that breaks off is no recovery point', async t => {
  const { job } = t.context
  job.upload('one')
  job.onTransfer(`case "$*" in *--list-only*) ;; *) kill -9 $$ ;; esac`)
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /rsync ended with code/)
  t.is(job.recoveryPoint(), undefined)
  t.is(job.binaries('standby'), 0, 'the database did not move')
})

for (const [title, path, code] of [
  ['an upload that ends', '/data/artifactory/filestore/_pre/x', 0],
  ['a binary that is collected', `/data/artifactory/filestore/aa/${'a'.repeat(40)}`, 0],
  ['any other file, again and again', '/data/access/keys/one', 1],
] as const)
  real(`vanishes during the copy: ${title}`, async t => {
    const { job } = t.context
    job.upload('one')
    // What rsync says and how it ends when a file vanishes, after the copy that it does all the same; the filestore's only.
    writeFileSync(
      job.at('bin/rsync'),
      `#!/bin/sh\nfor word do case $word in --server | --delete-after | --list-only) exec /usr/bin/rsync "$@" ;; esac; done
/usr/bin/rsync "$@" || exit
echo 'file has vanished: "${path}"' >&2
exit 24\n`,
      { mode: 0o755 },
    )
    const ended = await job.run()
    t.is(ended.code, code, ended.text)
    t.is(ended.text.match(/copying/g)?.length, code === 0 ? 1 : 3)
  })
