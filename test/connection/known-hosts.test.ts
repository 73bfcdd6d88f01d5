import { execFile } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { judge, knownKeyTypes, lookupName, parseKnownHosts } from '../../lib/connection/known-hosts.ts'
import { publicKeyOf, readPublicKey } from '../../lib/connection/public-key.ts'
import { makeKey, noSshd, startSshd } from './sshd.ts'

const keyText = (file: string): string => readFileSync(file, 'utf8').split(' ').slice(0, 2).join(' ')

const hashed = (name: string): string => {
  const salt = randomBytes(20)
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

interface World {
  /** The key that the host shows, `type base64`. */
  readonly key: string
  readonly other: string
  readonly otherType: string
  /** `[127.0.0.1]:PORT` */
  readonly name: string
  readonly port: number
}

type Verdict = 'known' | 'unknown' | 'changed' | 'revoked'

/** One line a vector: what the file holds, and the verdict. The host is 127.0.0.1 on another port than 22. */
const vectors: readonly (readonly [title: string, verdict: Verdict, file: (w: World) => string])[] = [
  ['empty file', 'unknown', () => ''],
  ['the key', 'known', w => `${w.name} ${w.key}\n`],
  ['the key, no newline at the end', 'known', w => `${w.name} ${w.key}`],
  ['the key, with a comment', 'known', w => `${w.name} ${w.key} root@host and more\n`],
  ['the key, between tabs', 'known', w => `\t${w.name}\t\t${w.key.replace(' ', '\t')}\tx\n`],
  ['the key, after blanks', 'known', w => `   ${w.name}   ${w.key.replace(' ', '   ')}\n`],
  ['another key of the type', 'changed', w => `${w.name} ${w.other}\n`],
  ['a key of another type', 'changed', w => `${w.name} ${w.otherType}\n`],
  ['another, then the key', 'known', w => `${w.name} ${w.other}\n${w.name} ${w.key}\n`],
  ['the key, then another', 'known', w => `${w.name} ${w.key}\n${w.name} ${w.other}\n`],
  ['another type and the key', 'known', w => `${w.name} ${w.otherType}\n${w.name} ${w.key}\n`],
  ['another host', 'unknown', w => `[127.0.0.2]:${w.port} ${w.key}\n`],
  ['another port', 'unknown', w => `[127.0.0.1]:${w.port + 1} ${w.key}\n`],
  ['without a port, the key', 'known', w => `127.0.0.1 ${w.key}\n`],
  ['without a port, another key', 'unknown', w => `127.0.0.1 ${w.other}\n`],
  ['without a port the key, with the port another', 'changed', w => `127.0.0.1 ${w.key}\n${w.name} ${w.other}\n`],
  ['port without brackets', 'unknown', w => `127.0.0.1:${w.port} ${w.key}\n`],
  ['brackets without port', 'unknown', w => `[127.0.0.1] ${w.key}\n`],
  ['hashed', 'known', w => `${hashed(w.name)} ${w.key}\n`],
  ['hashed, another key', 'changed', w => `${hashed(w.name)} ${w.other}\n`],
  ['hashed, another name', 'unknown', w => `${hashed('[127.0.0.2]:22')} ${w.key}\n`],
  ['hashed without port', 'known', w => `${hashed('127.0.0.1')} ${w.key}\n`],
  ['hashed, in a list', 'unknown', w => `${hashed(w.name)},x ${w.key}\n`],
  ['hashed, unknown scheme', 'unknown', w => `${hashed(w.name).replace('|1|', '|2|')} ${w.key}\n`],
  ['hashed, cut off', 'unknown', w => `${hashed(w.name).slice(0, -6)} ${w.key}\n`],
  ['a list', 'known', w => `alpha,${w.name},beta ${w.key}\n`],
  ['a list with a blank in it', 'unknown', w => `alpha, ${w.name} ${w.key}\n`],
  ['*', 'known', w => `* ${w.key}\n`],
  ['*, another key', 'changed', w => `* ${w.other}\n`],
  ['* inside', 'known', w => `[127.*]:${w.port} ${w.key}\n`],
  ['* for the port', 'known', w => `[127.0.0.1]:* ${w.key}\n`],
  ['?', 'known', w => `[127.0.0.?]:${w.port} ${w.key}\n`],
  ['? is one character', 'unknown', w => `[127.0.0.1?]:${w.port} ${w.key}\n`],
  ['** and stray stars', 'known', w => `**[1*7.0.*.1]**:*${String(w.port).slice(-1)} ${w.key}\n`],
  ['brackets are no character class', 'unknown', w => `[127.0.0.[1-9]]:${w.port} ${w.key}\n`],
  ['negated with its port, but matched without', 'known', w => `*,!${w.name} ${w.key}\n`],
  ['negated', 'unknown', w => `*,!${w.name},!127.0.0.1 ${w.key}\n`],
  ['negated first', 'unknown', w => `!${w.name},!127.0.0.1,* ${w.key}\n`],
  ['only negated', 'unknown', w => `!${w.name} ${w.key}\n`],
  ['another negated', 'known', w => `!alpha,* ${w.key}\n`],
  ['negated by pattern', 'unknown', w => `!*:${w.port},[127.0.0.1]:${w.port} ${w.key}\n`],
  ['only another negated', 'unknown', w => `!alpha ${w.key}\n`],
  ['revoked', 'revoked', w => `@revoked * ${w.key}\n`],
  ['revoked, and known', 'revoked', w => `${w.name} ${w.key}\n@revoked ${w.name} ${w.key}\n`],
  ['revoked first, then known', 'revoked', w => `@revoked * ${w.key}\n${w.name} ${w.key}\n`],
  ['another key revoked', 'known', w => `@revoked * ${w.other}\n${w.name} ${w.key}\n`],
  ['revoked for another host', 'known', w => `@revoked alpha ${w.key}\n${w.name} ${w.key}\n`],
  ['revoked, another key is known', 'revoked', w => `${w.name} ${w.other}\n@revoked * ${w.key}\n`],
  ['revoked, hashed', 'revoked', w => `@revoked ${hashed(w.name)} ${w.key}\n`],
  ['an authority', 'unknown', w => `@cert-authority * ${w.key}\n`],
  ['an authority, and the key', 'known', w => `@cert-authority * ${w.other}\n${w.name} ${w.key}\n`],
  ['an authority, and another key', 'changed', w => `@cert-authority * ${w.key}\n${w.name} ${w.other}\n`],
  ['an unknown marker', 'unknown', w => `@trusted ${w.name} ${w.key}\n`],
  ['a marker in capitals', 'known', w => `@REVOKED ${w.name} ${w.key}\n${w.name} ${w.key}\n`],
  ['two markers', 'known', w => `@revoked @cert-authority ${w.name} ${w.key}\n${w.name} ${w.key}\n`],
  ['a comment line', 'unknown', w => `#${w.name} ${w.key}\n`],
  ['a comment after blanks', 'unknown', w => `  # ${w.name} ${w.key}\n`],
  ['bad lines around', 'known', w => `nonsense\n\n${w.name}\n${w.name} ssh-ed25519\n${w.name} ${w.key}\n@revoked\n`],
  ['bad base64', 'unknown', w => `${w.name} ${w.key.slice(0, -5)}!!!!!\n`],
  ['cut key', 'unknown', w => `${w.name} ${w.key.slice(0, -8)}\n`],
  ['a key type that the blob is not', 'unknown', w => `${w.name} ssh-rsa ${w.key.split(' ')[1]}\n`],
  ['an unknown key type', 'unknown', w => `${w.name} ssh-new ${w.key.split(' ')[1]}\n`],
  ['carriage returns', 'known', w => `${w.name} ${w.key} comment\r\n`],
  ['names in capitals', 'known', w => `LOCALHOST,${w.name.toUpperCase()} ${w.key}\n`],
]

const ssh = (args: readonly string[]): Promise<string> =>
  new Promise(resolve => {
    execFile('ssh', args, (_error, stdout, stderr) => resolve(stdout + stderr))
  })

const verdictOf = (words: string): Verdict =>
  /trusted-and-in/.test(words)
    ? 'known'
    : /REVOKED/.test(words)
      ? 'revoked'
      : /IDENTIFICATION HAS CHANGED/.test(words)
        ? 'changed'
        : /No \S+ host key is known/.test(words)
          ? 'unknown'
          : (words as Verdict)

const run = noSshd ? test.skip : test

run(`${vectors.length} known_hosts files are judged as ssh itself judges them`, async t => {
  const sshd = await startSshd()
  t.teardown(sshd.stop)
  makeKey(join(sshd.dir, 'other'), 'ed25519')
  makeKey(join(sshd.dir, 'other_type'), 'ecdsa')
  const world: World = {
    key: keyText(join(sshd.dir, 'host_ed25519.pub')),
    other: keyText(join(sshd.dir, 'other.pub')),
    otherType: keyText(join(sshd.dir, 'other_type.pub')),
    name: `[127.0.0.1]:${sshd.port}`,
    port: sshd.port,
  }
  const shown = readPublicKey(world.key)
  if (!shown) throw new Error('the host key cannot be read')
  const verdicts: { title: string; expected: Verdict; ssh: Verdict; baton: Verdict }[] = []
  for (const [i, [title, expected, make]] of vectors.entries()) {
    const text = make(world)
    const file = join(sshd.dir, `known_${i}`)
    writeFileSync(file, text)
    const words = await ssh([
      ...['-F', 'none', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', 'GlobalKnownHostsFile=none'],
      ...['-o', `UserKnownHostsFile=${file}`, '-o', 'IdentitiesOnly=yes', '-i', join(sshd.dir, 'user')],
      ...['-p', String(sshd.port), `${process.env.USER ?? 'root'}@127.0.0.1`, 'echo trusted-and-in'],
    ])
    verdicts.push({
      title,
      expected,
      ssh: verdictOf(words),
      baton: judge(parseKnownHosts(text, file), '127.0.0.1', sshd.port, shown).verdict,
    })
  }
  t.deepEqual(
    verdicts.filter(({ expected, ssh, baton }) => ssh !== expected || baton !== expected),
    [],
  )
})

test('on port 22 the name stands alone, in any case', t => {
  t.is(lookupName('Node1.Example', 22), 'node1.example')
  t.is(lookupName('Node1.Example', 2222), '[node1.example]:2222')
  t.is(lookupName('::1', 22), '::1')
})

const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'

test('types of known keys are asked for first, of the port if it is named', t => {
  const entries = parseKnownHosts(`node ${ed25519}\n[other]:2222 ${ed25519}\n@revoked rev ${ed25519}\n`, 'f')
  t.deepEqual(knownKeyTypes(entries, 'node', 22), ['ssh-ed25519'])
  t.deepEqual(knownKeyTypes(entries, 'node', 2222), ['ssh-ed25519'])
  t.deepEqual(knownKeyTypes(entries, 'rev', 22), [])
})

test('a changed key names the line', t => {
  const entries = parseKnownHosts(`# first\n\nnode ${ed25519}\n`, '/tmp/known')
  const verdict = judge(entries, 'node', 22, publicKeyOf(Buffer.from('\0\0\0\u000bssh-ed25519other')))
  t.like(verdict, { verdict: 'changed', entry: { file: '/tmp/known', line: 3 } })
})
