import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { sh } from '../../lib/command.ts'
import { connect } from '../../lib/connection/connect.ts'
import { localTransport } from '../../lib/connection/local.ts'
import { Session } from '../../lib/connection/session.ts'
import { fence } from '../../lib/lease/fence.ts'
import { parseTaking, takeLease } from '../../lib/lease/take.ts'
import { noSshd, type Sshd, startSshd } from '../connection/sshd.ts'
import { isRoot } from '../helpers/me.ts'
import { owner } from './here.ts'

const folder = (t: ExecutionContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'baton-channel-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const there = async (file: string): Promise<void> => {
  while (!existsSync(file)) await sleep(20)
}

/** Waits in the first shell until somebody else makes the file. */
const longUntil = (dir: string) => ({
  script: sh`: >"$1/begun"; until [ -e "$1/go" ]; do sleep 0.05; done; echo long`,
  args: [dir],
})

const letGo = (dir: string) => ({ script: sh`: >"$1/go"`, args: [dir] })

test('a shell for leases does not wait behind a long command, and is not counted', async t => {
  const dir = folder(t)
  const session = new Session(localTransport('here'), { shellTimeoutMs: 5000 })
  t.teardown(() => session.close())
  const long = session.batch([longUntil(dir)])
  await there(join(dir, 'begun'))
  const trips = session.roundTrips
  await session.batch([letGo(dir)], { channel: 'lease' })
  t.is((await long)[0]?.stdout.toString(), 'long\n')
  t.is(session.roundTrips, trips)
})

test('what a lease costs is nothing: forty fenced commands start as many processes as forty others', async t => {
  if (!isRoot) return t.pass('pid namespaces need root')
  const dir = folder(t)
  const held = { directory: dir, run: 'a', counter: 1 }
  // In a namespace of their own processes are numbered without a gap.
  const local = localTransport('here')
  const count = async (fenced: boolean): Promise<number> => {
    const session = new Session(
      { ...local, open: command => local.open(command.replace('exec', 'exec unshare --pid --fork --mount-proc')) },
      { shellTimeoutMs: 5000 },
    )
    t.teardown(() => session.close())
    const place = { directory: dir }
    const take = takeLease({ owner: owner('a'), seconds: 60, nonce: 'n', place })
    const [taken] = await session.batch([take])
    const { counter } = parseTaking(taken!)
    const number = { script: sh`exec sh -c 'echo "$$"'` }
    const commands = Array.from({ length: 40 }, () => {
      const command = { script: sh`echo "$1"`, args: ['x'] }
      return fenced ? fence(command, { ...held, counter }) : command
    })
    const outputs = await session.batch([number, ...commands, number])
    t.true(outputs.slice(1, 41).every(output => output?.stdout.toString() === 'x\n'))
    return Number(outputs[41]?.stdout) - Number(outputs[0]?.stdout)
  }
  const plain = await count(false)
  t.true(plain >= 41)
  t.is(await count(true), plain)
})

const remote = noSshd ? test.skip : test

const withSshd = async (t: ExecutionContext, lines: readonly string[]): Promise<Sshd> => {
  const sshd = await startSshd({ lines })
  t.teardown(() => sshd.stop())
  return sshd
}

const logins = (sshd: Sshd): number => sshd.log().match(/Accepted publickey/g)?.length ?? 0

remote('MaxSessions 1: the shell for leases gets a connection of its own, and keeps it', async t => {
  const dir = folder(t)
  const sshd = await withSshd(t, ['MaxSessions 1'])
  const connection = await connect(sshd.host())
  t.teardown(() => connection.close())
  const long = connection.batch([longUntil(dir)])
  await there(join(dir, 'begun'))
  const ids: (string | undefined)[] = []
  for (let i = 0; i < 3; i++) {
    const [output] = await connection.batch([{ script: sh`echo "$$"` }], { channel: 'lease' })
    ids.push(output?.stdout.toString())
  }
  await connection.batch([letGo(dir)], { channel: 'lease' })
  t.is((await long)[0]?.stdout.toString(), 'long\n')
  t.is(new Set(ids).size, 1)
  t.is(logins(sshd), 2)
  const [after] = await connection.batch([{ script: sh`echo after` }])
  t.is(after?.stdout.toString(), 'after\n')
  t.is(logins(sshd), 2)
})

remote('MaxSessions 1: a shell for leases makes room for one that has work to do', async t => {
  const sshd = await withSshd(t, ['MaxSessions 1'])
  const connection = await connect(sshd.host())
  t.teardown(() => connection.close())
  const [first] = await connection.batch([{ script: sh`echo lease` }], { channel: 'lease' })
  const [second] = await connection.batch([{ script: sh`echo work` }])
  t.is(first?.stdout.toString(), 'lease\n')
  t.is(second?.stdout.toString(), 'work\n')
  t.is(logins(sshd), 1)
  const [third] = await connection.batch([{ script: sh`echo again` }], { channel: 'lease' })
  t.is(third?.stdout.toString(), 'again\n')
  t.is(logins(sshd), 2)
})

remote('MaxSessions 1: a renewal that is under way is waited for', async t => {
  const dir = folder(t)
  const sshd = await withSshd(t, ['MaxSessions 1'])
  const connection = await connect(sshd.host())
  t.teardown(() => connection.close())
  const renewal = connection.batch([longUntil(dir)], { channel: 'lease' })
  await there(join(dir, 'begun'))
  const work = connection.batch([{ script: sh`echo work` }])
  // Long enough for sshd to have refused the second session for good.
  await sleep(1000)
  writeFileSync(join(dir, 'go'), '')
  t.is((await work)[0]?.stdout.toString(), 'work\n')
  t.is((await renewal)[0]?.stdout.toString(), 'long\n')
  t.is(logins(sshd), 1)
})

remote('a shell for leases whose own connection is lost is opened anew', async t => {
  const dir = folder(t)
  const sshd = await withSshd(t, ['MaxSessions 1'])
  const connection = await connect(sshd.host())
  t.teardown(() => connection.close())
  const long = connection.batch([longUntil(dir)])
  await there(join(dir, 'begun'))
  const [before] = await connection.batch([{ script: sh`echo "$PPID"` }], { channel: 'lease' })
  process.kill(Number(before?.stdout.toString()))
  await t.throwsAsync(
    (async () => {
      for (;;) await connection.batch([{ script: sh`echo "$PPID"` }], { channel: 'lease' }).finally(() => sleep(20))
    })(),
    { message: /lost|closed/ },
  )
  for (let tries = 0; ; tries++)
    try {
      await connection.batch([letGo(dir)], { channel: 'lease' })
      break
    } catch (error) {
      if (tries > 5) throw error
    }
  t.is((await long)[0]?.stdout.toString(), 'long\n')
})
