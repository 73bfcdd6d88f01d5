import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import anyTest, { type TestFn } from 'ava'
import { recoveryPoint } from '../../../lib/facts/artifactory/recovery-point.ts'
import { askAll } from '../../helpers/ask.ts'
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

const until = async (holds: () => boolean) => {
  while (!holds()) await sleep(50)
}
const answered = (job: ReturnType<typeof syncedPair>) =>
  askAll([recoveryPoint(job.at('state/recovery-point.json'))], ['sh'])

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

real('a file that rots on the standby is fetched again, and hashed until it is right', async t => {
  const { job } = t.context
  for (const name of ['one', 'two', 'three']) job.upload(name)
  t.is((await job.run()).code, 0)
  const file = job.file('standby', 'two')
  const { atime, mtime } = statSync(file)
  writeFileSync(file, 'owt')
  utimesSync(file, atime, mtime)
  job.edit(script => script.replace(/^sample=.*$/m, 'sample=0'))
  // Found by an earlier random sample; no random one looks there now.
  writeFileSync(job.at('state/suspect'), `${job.digest('two')}\n`)
  const { code, text } = await job.run()
  t.is(code, 0, text)
  t.regex(text, /is corrupt: it lies in/)
  t.is(readFileSync(file, 'utf8'), 'two')
  t.is(readFileSync(job.at('standby-var/data/artifactory/filestore/_corrupt', job.digest('two')), 'utf8'), 'owt')
  t.is(readFileSync(job.at('state/suspect'), 'utf8'), '')
})

real('an active whose commits wait for a synchronous standby gives its position all the same', async t => {
  const { job, pair } = t.context
  job.upload('one')
  pair.sql('active', `ALTER SYSTEM SET synchronous_standby_names = 'gone'`)
  pair.sql('active', 'SELECT pg_reload_conf()')
  await until(() => pair.sql('active', 'SHOW synchronous_standby_names') === 'gone')
  job.edit(script => script.replace(/^question_seconds=.*$/m, 'question_seconds=10'))
  const { code, text } = await job.run()
  t.is(code, 0, text)
})

real('a question that is not answered ends', async t => {
  const { job } = t.context
  job.edit(script =>
    script
      .replace(/^question_seconds=.*$/m, 'question_seconds=1')
      .replace('SET synchronous_commit = local;', '$& SELECT pg_sleep(3600);'),
  )
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /gives no position/)
})

real('a filestore that shrank is copied, and one of many directories is looked at twice', async t => {
  const { job } = t.context
  job.upload('one')
  t.is((await job.run()).code, 0)
  writeFileSync(job.at('state/shards'), '12\n')
  const few = await job.run()
  t.is(few.code, 0, few.text)
  writeFileSync(job.at('state/shards'), '256\n')
  const many = await job.run()
  t.is(many.code, 1)
  t.regex(many.text, /256 the last time.*remove .*\/state\/shards/)
})

real('a file that the reader may not read is named', async t => {
  const { job } = t.context
  job.upload('one')
  const secret = job.at('active-var/data/private')
  writeFileSync(secret, '', { mode: 0o600 })
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /FAILED: .*may not read \S*data\/private/)
  t.is(job.recoveryPoint(), undefined)
})

real('what a killed rsync was writing goes when it is old', async t => {
  const { job } = t.context
  job.upload('one')
  t.is((await job.run()).code, 0)
  const left = (hours: number) => {
    const path = join(dirname(job.file('standby', 'one')), `.${job.digest('one')}.abCD${hours}`)
    const then = new Date(Date.now() - hours * 3_600_000)
    writeFileSync(path, '')
    utimesSync(path, then, then)
    return path
  }
  const [young, old] = [left(10), left(30)]
  t.is((await job.run()).code, 0)
  t.deepEqual([existsSync(young), existsSync(old)], [true, false])
})

real('WAL that the active has removed: the reason and the way out are said', async t => {
  const { job, pair } = t.context
  job.edit(script => script.replace(/^stall_seconds=.*$/m, 'stall_seconds=8'))
  job.upload('one')
  t.is((await job.run()).code, 0)
  pair.control('standby', '-m', 'fast', '-w', 'restart')
  await until(() => pair.sql('active', 'SELECT active FROM pg_replication_slots') === 'f')
  pair.sql('active', `SELECT pg_drop_replication_slot('baton')`)
  for (let i = 0; i < 3; i++) {
    job.upload(`wal ${i}`)
    pair.sql('active', 'SELECT pg_switch_wal()')
    pair.sql('active', 'CHECKPOINT')
  }
  pair.sql('active', `SELECT pg_create_physical_replication_slot('baton', true)`)
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /FATAL:.*has already been removed/)
  t.regex(text, /WAY OUT: .*made anew/)
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

real('a database that was let go has no verified recovery point any more', async t => {
  const { job, pair } = t.context
  job.upload('one')
  t.is((await job.run()).code, 0)
  writeFileSync(pair.holdFile, '')
  pair.control('standby', '-m', 'fast', '-w', 'restart')
  t.is((await job.run()).code, 1)
  t.like(job.recoveryPoint(), { state: 'following' })
  t.regex(String(job.recoveryPoint()?.note), /without a limit/)
  t.like(await answered(job), [{ exists: true }], 'the playbook can still read it')
  job.upload('two')
  await until(() => job.binaries('standby') === 2)
  // And back: the old target is behind the database now, so it is held where it is.
  writeFileSync(pair.holdFile, `recovery_target = 'immediate'\nrecovery_target_action = 'pause'\n`)
  pair.control('standby', '-m', 'fast', '-w', 'restart')
  const mended = await job.run()
  t.is(mended.code, 0, mended.text)
  t.like(job.recoveryPoint(), { state: 'verified', counts: { binaries: 2 } })
})

real('a database that stands elsewhere than at the published point is said to', async t => {
  const { job, pair } = t.context
  job.upload('one')
  t.is((await job.run()).code, 0)
  job.upload('two')
  writeFileSync(pair.holdFile, '')
  pair.control('standby', '-m', 'fast', '-w', 'restart')
  await until(() => job.binaries('standby') === 2)
  pair.sql('standby', 'CHECKPOINT')
  writeFileSync(pair.holdFile, `recovery_target = 'immediate'\nrecovery_target_action = 'pause'\n`)
  pair.control('standby', '-m', 'fast', '-w', 'restart')
  await until(() => pair.sql('standby', 'SELECT pg_get_wal_replay_pause_state()') === 'paused')
  // Nothing can be copied, so that what the beginning of the cycle wrote is what stays.
  renameSync(job.at('active-var/data'), job.at('active-var/away'))
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /does not stand at the recovery point/)
  t.like(job.recoveryPoint(), { state: 'between' })
})

real('promoted during the copy: neither restarted nor given a target', async t => {
  const { job, pair } = t.context
  job.upload('one')
  t.is((await job.run()).code, 0)
  job.upload('two')
  const before = [readFileSync(pair.holdFile, 'utf8'), pair.sql('standby', 'SELECT pg_postmaster_start_time()')]
  job.onTransfer(
    `psql -Xq -U postgres -h ${pair.directory} -p ${pair.standbyPort} -d postgres -c 'SELECT pg_promote()' >&2`,
  )
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /not in recovery: it may be the active/)
  t.deepEqual([readFileSync(pair.holdFile, 'utf8'), pair.sql('standby', 'SELECT pg_postmaster_start_time()')], before)
})

real('Artifactory started during the copy: its configuration stays', async t => {
  const { job } = t.context
  job.upload('one')
  t.is((await job.run()).code, 0)
  const own = job.at('standby-var/etc/artifactory/own')
  writeFileSync(own, 'own')
  chmodSync(job.at('service-state'), 0o666)
  job.onTransfer(`echo active >${job.at('service-state')}`)
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /runs on this host: it may be the active/)
  t.true(existsSync(own))
})

real('promoted before the recovery point is written: nothing is verified', async t => {
  const { job, pair } = t.context
  job.upload('one')
  job.edit(script =>
    script.replace(
      'publish() {',
      `publish() {\npsql -Xq -U postgres -h ${pair.directory} -p ${pair.standbyPort} -d postgres -c 'SELECT pg_promote()'\n`,
    ),
  )
  t.is((await job.run()).code, 1)
  t.like(job.recoveryPoint(), { state: 'advancing' })
})

real('the active dies while the database moves: it is held where a promotion can end', async t => {
  const { job, pair } = t.context
  job.edit(script => script.replace(/^stall_seconds=.*$/m, 'stall_seconds=2'))
  job.upload('one')
  t.is((await job.run()).code, 0)
  // A held standby that was restarted receives no WAL, so that the position can be out of its reach.
  pair.control('standby', '-m', 'fast', '-w', 'restart')
  job.upload('two')
  job.edit(script =>
    script.replace(
      'moving the database to $lsn"',
      `$&\nrunuser -u postgres -- ${pair.program('pg_ctl')} -D ${pair.directory}/active -m immediate stop >/dev/null`,
    ),
  )
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /held between two recovery points at [0-9A-F]+\/[0-9A-F]+/)
  t.like(job.recoveryPoint(), { state: 'between', counts: null })
  t.regex(String(job.recoveryPoint()?.note), /held between two points at [0-9A-F]+\/[0-9A-F]+/)
  pair.sql('standby', 'SELECT pg_promote()')
  t.is(pair.sql('standby', 'SELECT pg_is_in_recovery()'), 'f')
})

real('a position behind the database is refused before it becomes a target', async t => {
  const { job, pair } = t.context
  job.upload('one')
  t.is((await job.run()).code, 0)
  const before = readFileSync(pair.holdFile, 'utf8')
  job.edit(script => script.replace('say "position $name', 'lsn=0/1000028\n$&'))
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /beyond the position/)
  t.is(readFileSync(pair.holdFile, 'utf8'), before)
  t.like(job.recoveryPoint(), { state: 'verified' })
  pair.control('standby', '-m', 'fast', '-w', 'restart')
  t.is(pair.sql('standby', 'SELECT pg_is_in_recovery()'), 't')
})

real('a database on another timeline than the active is no recovery point', async t => {
  const { job } = t.context
  job.upload('one')
  job.edit(script => script.replace('say "position $name', 'timeline=2\n$&'))
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /on timeline 1, the active on 2/)
  t.like(job.recoveryPoint(), { state: 'between' })
})

real('a log that cannot be written is said before anything is done', async t => {
  const { job } = t.context
  job.edit(script => script.replace(/^log_file=.*$/m, `log_file='${job.at('nowhere/log')}'`))
  const { code, text } = await job.run()
  t.is(code, 1)
  t.regex(text, /FAILED: cannot write the log .*nowhere/)
  t.false(existsSync(job.at('state/work')))
})

real('kills leave one unfinished file at most', async t => {
  const { job, pair } = t.context
  job.upload('one')
  job.edit(script =>
    script.replace('mv -f "$1.part" "$1"', found => `case $1 in *hold.conf) kill -9 $$; exit ;; esac; ${found}`),
  )
  for (let i = 0; i < 3; i++) await job.run()
  t.is(readdirSync(dirname(pair.holdFile)).length, 2)
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
