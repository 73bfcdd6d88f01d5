import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { sh } from '../../../lib/command.ts'
import { FactError } from '../../../lib/errors.ts'
import { cluster } from '../../../lib/facts/postgres/cluster.ts'
import { lsn } from '../../../lib/facts/postgres/lsn.ts'
import { localRun } from '../../helpers/local-run.ts'
import { noPostgres, postgresPair } from '../../helpers/postgres-pair.ts'

const { kind } = cluster({ version: '17', name: 'main', dataDirectory: '/x' })
const why = noPostgres()

for (const shell of ['dash', 'bash']) {
  test(`configured: of this data directory, not of another (${shell})`, async t => {
    const directory = mkdtempSync(join(tmpdir(), 'baton-cluster-'))
    t.teardown(() => rmSync(directory, { recursive: true }))
    const program = join(directory, 'pg_conftool')
    const question = { version: '99', name: 'main', dataDirectory: '/nowhere/main' }
    const configured = async (says: string) => {
      writeFileSync(program, `#!/bin/sh\n[ "$*" = '-s 99 main show data_directory' ] || exit 3\n${says}\n`)
      chmodSync(program, 0o755)
      const command = kind.ask([question])
      const [state] = kind.parse(
        await localRun(
          { ...command, script: sh`PATH=$1:$PATH; shift; ${command.script}`, args: [directory, ...command.args!] },
          [shell],
        ),
        [question],
      )
      return state?.configured
    }
    t.true(await configured('echo /nowhere/main'))
    t.true(await configured('echo /nowhere/main/'))
    t.false(await configured('echo /nowhere/main.baton-init'))
    t.false(await configured('exit 1'))
  })

  test(`absent, empty and foreign directories (${shell})`, async t => {
    const directory = mkdtempSync(join(tmpdir(), 'baton-cluster-'))
    t.teardown(() => rmSync(directory, { recursive: true }))
    mkdirSync(join(directory, 'empty'))
    mkdirSync(join(directory, 'foreign'))
    writeFileSync(join(directory, 'foreign', '.hidden'), '')
    const questions = ['none', 'empty', 'foreign'].map(name => ({
      version: '99',
      name: 'none',
      dataDirectory: join(directory, name),
    }))
    const answers = kind.parse(await localRun(kind.ask(questions), [shell]), questions)
    t.deepEqual(
      answers.map(a => a.data),
      ['absent', 'empty', 'foreign'],
    )
    t.deepEqual(answers[0], { installed: false, configured: false, data: 'absent', standby: false, running: false })
  })
}

;(why ? test.skip : test)('a primary and its standby, running and stopped', async t => {
  const pair = await postgresPair()
  try {
    const version = execFileSync('sh', ['-c', 'ls /usr/lib/postgresql | sort | tail -n 1']).toString().trim()
    const questions = ['active', 'standby'].map(name => ({ version, name, dataDirectory: join(pair.directory, name) }))
    const look = async () => kind.parse(await localRun(kind.ask(questions), ['sh']), questions)
    const systemIdentifier = pair.sql('active', 'SELECT system_identifier FROM pg_control_system()')
    const common = { installed: true, configured: false, data: 'cluster', running: true, systemIdentifier } as const
    const [active, standby] = await look()
    t.deepEqual(active, { ...common, standby: false, minimumRecovery: '0/0' })
    t.like(standby, { ...common, standby: true })
    t.true(lsn(standby!.minimumRecovery!) > 0n)
    pair.control('standby', '-m', 'immediate', '-w', 'stop')
    t.like((await look())[1], { ...common, standby: true, running: false })
  } finally {
    pair.stop()
  }
})

test('an answer that is none is an error', t => {
  const output = {
    code: 0,
    stdout: Buffer.from('true true nonsense\n'),
    stderr: Buffer.alloc(0),
    droppedBytes: 0,
    durationMs: 0,
  }
  t.throws(() => kind.parse(output, [{ version: '17', name: 'main', dataDirectory: '/x' }]), { instanceOf: FactError })
})

test('WAL positions compare as numbers, not as text', t => {
  t.true(lsn('0/A000000') < lsn('0/10000000'))
  t.true(lsn('F/FFFFFFFF') < lsn('10/0'))
  t.throws(() => lsn('0/'))
})
