import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { readSshConfig } from '../../lib/connection/ssh-config.ts'

const dir = mkdtempSync(join(tmpdir(), 'baton-ssh-config-'))
test.after.always(() => rmSync(dir, { recursive: true, force: true }))
mkdirSync(join(dir, 'conf.d'))
writeFileSync(join(dir, 'conf.d', '10-a.conf'), 'Host inc\n  Port 1010\nHost *\n  IdentityFile ~/.ssh/from_include\n')
writeFileSync(join(dir, 'conf.d', '20-b.conf'), 'Host inc\n  Port 2020\n  User second\n')
writeFileSync(join(dir, 'conf.d', '.hidden.conf'), 'Host inc\n  HostName hidden\n')
writeFileSync(join(dir, 'conf.d', 'inner.inc'), 'Host inner1\n  User inner\nHost *\n  Port 3333\n')

const config = `
HostName=equals.example
Host only-host !not-this
  User first
`
const files: Readonly<Record<string, string>> = {
  global: config,
  basic: `
# comment
Host node1
  HostName 198.51.100.7
  User deploy
  Port 2222
  IdentityFile ~/.ssh/deploy
  IdentityFile "%d/keys/%r@%h"
Host node* !node3
  User other
  Port 99
  IdentityFile /keys/%n-%u
Host *.example
  HostName %h.internal
host CASE
  user lower
  PROXYJUMP jump1,me@jump2:2200
Host spaced
  UserKnownHostsFile ~/.ssh/a /tmp/b
  GlobalKnownHostsFile none
  IdentitiesOnly yes
  HostKeyAlias alias.name
Host *
  ServerAliveInterval 5
`,
  include: `
Include ${dir}/conf.d/*.conf
Host outer
  Include ${dir}/conf.d/inner.inc
  User outer
Host inner1
  Port 44
`,
  match: `
Host m1
  HostName real1
Match host real1
  User byhost
Match originalhost m2 user deploy
  Port 77
Match all
  IdentityFile /keys/all
`,
}

/** What `ssh -G` answers, in lower-case words; several lines of a word add up. */
const ask = (file: string, host: string, user?: string): Map<string, string[]> => {
  const { stdout } = spawnSync('ssh', ['-G', '-F', file, ...(user ? ['-l', user] : []), host], { encoding: 'utf8' })
  const answers = new Map<string, string[]>()
  for (const line of stdout.split('\n')) {
    const [word = '', ...rest] = line.split(' ')
    answers.set(word, [...(answers.get(word) ?? []), rest.join(' ')])
  }
  return answers
}

const first = (answers: ReadonlyMap<string, readonly string[]>, word: string): string | undefined =>
  answers.get(word)?.[0]

const cases: readonly (readonly [file: string, host: string, user?: string])[] = [
  ['global', 'x'],
  ['global', 'only-host'],
  ['global', 'not-this'],
  ['basic', 'node1'],
  ['basic', 'node1', 'given'],
  ['basic', 'node2'],
  ['basic', 'node3'],
  ['basic', 'db.example'],
  ['basic', 'CASE'],
  ['basic', 'case'],
  ['basic', 'spaced'],
  ['basic', 'elsewhere'],
  ['include', 'inc'],
  ['include', 'outer'],
  ['include', 'inner1'],
  ['include', 'elsewhere'],
  ['match', 'm1'],
  ['match', 'm2'],
  ['match', 'm2', 'deploy'],
]

const hasSsh = spawnSync('ssh', ['-V']).status === 0

for (const [name, host, user] of cases)
  (hasSsh ? test : test.skip)(`${name}: ${host}${user ? ` as ${user}` : ''} is read as ssh -G reads it`, async t => {
    const file = join(dir, `${name}-${host}-${user ?? ''}`)
    writeFileSync(file, files[name] ?? '')
    const expected = ask(file, host, user)
    const read = await readSshConfig(host, user, file)
    t.deepEqual(
      {
        hostname: read.hostName.toLowerCase(),
        user: user ?? read.user ?? userInfo().username,
        port: String(read.port ?? 22),
        proxyjump: read.proxyJump,
        identitiesonly: read.identitiesOnly ? 'yes' : 'no',
        hostkeyalias: read.hostKeyAlias,
      },
      {
        hostname: first(expected, 'hostname') ?? '',
        user: first(expected, 'user') ?? '',
        port: first(expected, 'port') ?? '',
        proxyjump: first(expected, 'proxyjump'),
        identitiesonly: first(expected, 'identitiesonly') ?? '',
        hostkeyalias: first(expected, 'hostkeyalias'),
      },
    )
    const identities = expected.get('identityfile') ?? []
    // ssh -G leaves tokens of IdentityFile as they are written, and fills in its defaults.
    t.is(read.identityFiles.length, identities.every(one => one.startsWith('~/.ssh/id_')) ? 0 : identities.length)
    const known = first(expected, 'userknownhostsfile') ?? ''
    t.is(read.userKnownHostsFiles?.join(' ') ?? '', known.includes('known_hosts') ? '' : known)
  })

test('tokens and ~ are expanded', async t => {
  const file = join(dir, 'tokens')
  writeFileSync(file, files.basic ?? '')
  const read = await readSshConfig('node1', undefined, file)
  t.deepEqual(read.identityFiles, [
    join(homedir(), '.ssh/deploy'),
    `${homedir()}/keys/deploy@198.51.100.7`,
    `/keys/node1-${userInfo().username}`,
  ])
})

test('none reads nothing; a file that is not there says nothing', async t => {
  t.is((await readSshConfig('node1', undefined, 'none')).hostName, 'node1')
  t.is((await readSshConfig('node1', undefined, join(dir, 'absent'))).port, undefined)
})

test('an Include of itself ends with an error', async t => {
  const file = join(dir, 'loop')
  writeFileSync(file, `Include ${file}\n`)
  await t.throwsAsync(readSshConfig('x', undefined, file), { message: /nested/ })
})
