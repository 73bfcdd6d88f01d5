import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { sh } from '../../lib/command.ts'
import { localTransport } from '../../lib/connection/local.ts'
import { Session } from '../../lib/connection/session.ts'
import { ConnectionError, DeadlineError } from '../../lib/errors.ts'
import { Secret } from '../../lib/secret.ts'

/** What the real sudo does with `-S -p PROMPT`, `-n`, in a few lines; `RIGHT` is the password. */
const stub = `
dir=$(dirname "$0")
echo "$*" >>"$dir/calls"
ask= prompt= user=
while [ $# -gt 0 ]; do
  case $1 in
    -n) ask=never ;;
    -S) ask=stdin ;;
    -p) prompt=$2; shift ;;
    -u) user=$2; shift ;;
    --) shift; break ;;
  esac
  shift
done
. "$dir/policy"
export SUDO_USER_NOW="$user"
exec "$@"
`

const needsPassword = `
if [ "$ask" = never ]; then echo 'sudo: a password is required' >&2; exit 1; fi
tries=3
while :; do
  printf '%s' "$prompt" >&2
  IFS= read -r given || exit 1
  echo "$given" >>"$dir/given"
  [ "$given" = RIGHT ] && break
  echo 'Sorry, try again.' >&2
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo 'sudo: 3 incorrect password attempts' >&2; exit 1; }
done
`

const open = (t: ExecutionContext, policy: string | undefined, password?: string, shellTimeoutMs = 5000) => {
  const dir = mkdtempSync(join(tmpdir(), 'baton-sudo-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  if (policy !== undefined) {
    writeFileSync(join(dir, 'sudo'), `#!/bin/sh${stub}`)
    chmodSync(join(dir, 'sudo'), 0o755)
    writeFileSync(join(dir, 'policy'), policy)
  }
  const path = policy === undefined ? dir : `${dir}:${process.env.PATH}`
  const session = new Session(localTransport('here', { env: { ...process.env, PATH: path } }), {
    shellTimeoutMs,
    ...(password !== undefined && { becomePassword: new Secret(password) }),
  })
  t.teardown(() => session.close())
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8')
  return { session, read }
}

const who = { script: sh`printf '%s' "$SUDO_USER_NOW"` }

test('without a password it travels with the first batch', async t => {
  const { session, read } = open(t, '')
  const [output] = await session.batch([who], { as: 'artifactory' })
  t.is(output?.stdout.toString(), 'artifactory')
  t.is(session.roundTrips, 1)
  t.is(read('calls'), '-n -u artifactory -- /bin/sh\n')
})

test('the login user needs no sudo', async t => {
  const { session, read } = open(t, 'exit 1')
  const [output] = await session.batch([who], { as: userInfo().username })
  t.is(output?.stdout.toString(), '')
  t.throws(() => read('calls'))
})

test('the password answers the prompt, and stands nowhere else', async t => {
  const { session, read } = open(t, needsPassword, 'RIGHT')
  const [output] = await session.batch([who], { as: 'root2' })
  t.is(output?.stdout.toString(), 'root2')
  t.is(read('given'), 'RIGHT\n')
  t.false(read('calls').includes('RIGHT'))
  await session.batch([who], { as: 'root2' })
  t.is(read('given'), 'RIGHT\n', 'the shell is kept: it is not asked again')
  t.is(session.roundTrips, 3)
})

test('a password that is not asked for is not sent', async t => {
  const { session } = open(t, '', 'RIGHT')
  const [output] = await session.batch([{ script: sh`cat` }, who], { as: 'root2' })
  t.is(output?.stdout.toString(), '')
})

test('a wrong password is tried once', async t => {
  const { session, read } = open(t, needsPassword, 'WRONG!')
  const error = await t.throwsAsync(session.batch([who], { as: 'root2' }), { instanceOf: ConnectionError })
  t.is((error as ConnectionError).reason, 'become')
  t.regex(error?.message ?? '', /did not take the password/)
  t.is(read('given'), 'WRONG!\n')
  t.false(JSON.stringify(error).includes('WRONG!'))
})

test('a dialogue that sudo does not end is given up in time, with its words', async t => {
  const { session } = open(t, `printf 'LDAP Password: ' >&2; read -r x; exit 1`, 'RIGHT!', 300)
  const error = await t.throwsAsync(session.batch([who], { as: 'root2' }), { instanceOf: ConnectionError })
  t.is((error as ConnectionError).reason, 'become')
  t.regex((error as ConnectionError).hint ?? '', /LDAP Password:/)
})

test('a password that was refused is not sent again', async t => {
  const { session, read } = open(t, needsPassword, 'WRONG!')
  const first = await t.throwsAsync(session.batch([who], { as: 'root2' }))
  t.is(await t.throwsAsync(session.batch([who], { as: 'root3' })), first)
  t.is(read('given'), 'WRONG!\n')
  t.is((await session.batch([{ script: sh`echo still` }]))[0]?.code, 0)
})

test('where sudo allows one try, its end is the refusal', async t => {
  const one = needsPassword
    .replace('tries=3', 'tries=1')
    .replace('3 incorrect password attempts', '1 incorrect password attempt')
  const { session, read } = open(t, one, 'WRONG!')
  const first = await t.throwsAsync(session.batch([who], { as: 'root2' }), { message: /did not take the password/ })
  t.is(await t.throwsAsync(session.batch([who], { as: 'root2' })), first)
  t.is(read('given'), 'WRONG!\n')
})

for (const character of ['\n', '\r', '\0'])
  test(`a password with ${JSON.stringify(character)} in it is never sent`, async t => {
    const { session, read } = open(t, needsPassword, `RIGHT${character}touch /tmp/x`)
    await t.throwsAsync(session.batch([who], { as: 'root2' }), { instanceOf: ConnectionError, message: /one line/ })
    t.throws(() => read('given'))
  })

const refusals: readonly (readonly [title: string, policy: string | undefined, message: RegExp, hint: RegExp])[] = [
  ['needed, none given', needsPassword, /needs a password, and none was given/, /-K/],
  [
    'not in sudoers',
    'echo "deploy is not in the sudoers file." >&2; exit 1',
    /sudoers does not allow it/,
    /Allow the login user/,
  ],
  [
    'not allowed as that user',
    'echo "Sorry, user deploy is not allowed to execute \'/bin/sh\' as root2 on node1." >&2; exit 1',
    /sudoers does not allow it/,
    /\/bin\/sh/,
  ],
  ['requiretty', 'echo "sudo: sorry, you must have a tty to run sudo" >&2; exit 1', /terminal/, /requiretty/],
  ['no such user', 'echo "sudo: unknown user: root2" >&2; exit 1', /no such user/, /Create the user/],
  ['not installed', undefined, /sudo is not installed/, /Install sudo/],
  ['other words', 'echo "sudo: Ein Passwort ist notwendig" >&2; exit 1', /started no shell/, /Ein Passwort ist/],
]

for (const [title, policy, message, hint] of refusals)
  test(`refused: ${title}`, async t => {
    const { session } = open(t, policy)
    const error = await t.throwsAsync(session.batch([who], { as: 'root2' }), { instanceOf: ConnectionError, message })
    t.is((error as ConnectionError).reason, 'become')
    t.regex((error as ConnectionError).hint ?? '', hint)
    t.is((await session.batch([{ script: sh`echo still` }]))[0]?.code, 0, 'the login user is not harmed')
  })

test('a user name that is none is refused before anything is sent', async t => {
  const { session } = open(t, '')
  await t.throwsAsync(session.batch([who], { as: 'root; reboot' }), { message: /not a user name/ })
  await t.throwsAsync(session.batch([who], { as: '-s' }), { message: /not a user name/ })
})

const sudoWorks = userInfo().uid === 0 && spawnSync('sudo', ['-n', '-u', 'nobody', 'true']).status === 0

for (const password of [undefined, 'not needed'])
  (sudoWorks ? test : test.skip)(`real sudo, ${password ? 'with' : 'without'} a password given`, async t => {
    const session = new Session(localTransport('here'), {
      shellTimeoutMs: 5000,
      ...(password !== undefined && { becomePassword: new Secret(password) }),
    })
    t.teardown(() => session.close())
    const big = Buffer.alloc(500_000, 'x')
    const outputs = await session.batch(
      [{ script: sh`id -un` }, { script: sh`wc -c`, stdin: big }, { script: sh`cat`, stdin: 'small' }],
      { as: 'nobody' },
    )
    t.deepEqual(
      outputs.map(output => output?.stdout.toString()),
      ['nobody\n', '500000\n', 'small'],
    )
    const [root] = await session.batch([{ script: sh`id -un` }])
    t.is(root?.stdout.toString(), 'root\n')
    await t.throwsAsync(session.batch([{ script: sh`sleep 1000`, timeoutMs: 200 }], { as: 'nobody' }), {
      instanceOf: DeadlineError,
    })
    t.is((await session.batch([{ script: sh`id -un` }], { as: 'nobody' }))[0]?.stdout.toString(), 'nobody\n')
  })

;(sudoWorks ? test : test.skip)('real sudo, a user that is not there', async t => {
  const session = new Session(localTransport('here'), { shellTimeoutMs: 5000 })
  t.teardown(() => session.close())
  await t.throwsAsync(session.batch([who], { as: 'nobody-of-that-name' }), { message: /no such user on the host/ })
})
