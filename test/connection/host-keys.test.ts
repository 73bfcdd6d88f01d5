import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { HostKeys } from '../../lib/connection/host-keys.ts'
import { publicKeyOf } from '../../lib/connection/public-key.ts'
import { ConnectionError } from '../../lib/errors.ts'

const keyOf = (filler: number) => {
  const type = Buffer.from('ssh-ed25519')
  const blob = Buffer.concat([Buffer.from([0, 0, 0, 11]), type, Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, filler)])
  return publicKeyOf(blob)
}

const question = (t: ExecutionContext) => {
  const dir = mkdtempSync(join(tmpdir(), 'baton-host-keys-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const file = join(dir, 'known_hosts')
  return { file, host: 'node1', name: 'node1.example', port: 22, files: [file], policy: 'accept-new' } as const
}

test('a key that is only shown is not written down; one that was proved is, once', async t => {
  const asked = question(t)
  const keys = await HostKeys.read(asked)
  keys.check(keyOf(1))
  t.false(existsSync(asked.file))
  await keys.remember(keyOf(1))
  await keys.remember(keyOf(1))
  t.regex(readFileSync(asked.file, 'utf8'), /^node1\.example ssh-ed25519 \S+\n$/)
  t.throws(() => keys.check(keyOf(2)), { message: /is not the ssh-ed25519 key/ })
})

test('a key that another run has written meanwhile is judged again', async t => {
  const asked = question(t)
  const keys = await HostKeys.read(asked)
  keys.check(keyOf(1))
  appendFileSync(asked.file, `node1.example ssh-ed25519 ${keyOf(2).blob.toString('base64')}\n`)
  const before = readFileSync(asked.file, 'utf8')
  const error = await t.throwsAsync(keys.remember(keyOf(1)), { instanceOf: ConnectionError })
  t.is((error as ConnectionError).reason, 'host-key-changed')
  t.is(readFileSync(asked.file, 'utf8'), before)
})

test('a known_hosts file that is a folder is named', async t => {
  const asked = question(t)
  const keys = await HostKeys.read(asked)
  mkdirSync(asked.file)
  await t.throwsAsync(HostKeys.read(asked), {
    instanceOf: ConnectionError,
    message: /known_hosts cannot be read: EISDIR/,
  })
  await t.throwsAsync(keys.remember(keyOf(1)), { instanceOf: ConnectionError, message: /known_hosts cannot be read/ })
})
