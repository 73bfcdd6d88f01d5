/**
 * The tasks about the system, on a real Debian with a real systemd, in dash and in bash: each is planned, applied, read
 * back and planned again. Needs root; run by test/run.sh.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { stringify } from 'yaml'
import { sh } from '../../lib/command.ts'
import type { Task } from '../../lib/dsl/task.ts'
import { installed } from '../../lib/facts/packages.ts'
import { succeeds } from '../../lib/facts/succeeds.ts'
import { type UnitState, unit } from '../../lib/facts/unit.ts'
import { user as userFact } from '../../lib/facts/user.ts'
import { command } from '../../lib/tasks/command.ts'
import { group } from '../../lib/tasks/group.ts'
import { packages } from '../../lib/tasks/packages.ts'
import { service } from '../../lib/tasks/service.ts'
import { serviceRestart } from '../../lib/tasks/service-restart.ts'
import { systemdReload } from '../../lib/tasks/systemd-reload.ts'
import { systemdUnit } from '../../lib/tasks/systemd-unit.ts'
import { timer } from '../../lib/tasks/timer.ts'
import { user } from '../../lib/tasks/user.ts'
import { waitFor } from '../../lib/tasks/wait-for.ts'
import { baton } from '../helpers/baton.ts'
import { applied } from '../helpers/check-task.ts'
import { localFacts, localRun } from '../helpers/local-run.ts'
import { hostVars, Lab, type LabHost, labPossible } from '../lab/lab.ts'
import { look } from '../lab/machine/container.ts'

const possible = labPossible()
if (!possible.ok) console.warn(`left out: ${possible.why}`)
const real = possible.ok ? test.serial : test.serial.skip

const lab = new Lab()
let host: LabHost
let shells: readonly (readonly string[])[]

test.before(async () => {
  if (!possible.ok) return
  host = await lab.reset('system1', { provision: false })
  const enter = ['nsenter', `--target=${look(host.files).leader}`, '--all', '--', 'env', '-i']
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  shells = ['dash', 'bash'].map(shell => [...enter, path, 'HOME=/root', shell])
})
test.after.always(async () => {
  if (possible.ok) await lab.reset('system1', { provision: false })
})

const facts = () => localFacts(shells[0]!)
const summaries = async (t: ExecutionContext, task: Task, shell = shells[0]!) =>
  (await applied(t, task, shell)).map(c => c.summary)

/** Runs the only change of a task that must fail; gives the code and what it says. */
const failure = async (task: Task<unknown>): Promise<{ readonly code: number; readonly says: string }> => {
  const [change] = await task.plan(facts())
  const { code, stderr } = await localRun(change!.command, shells[0]!)
  return { code, says: stderr.toString() }
}

const program = (lines: string): string =>
  `[Unit]\nDescription=Test\n[Service]\n${lines}\n[Install]\nWantedBy=multi-user.target\n`

real('groups and users: made, changed, removed', async t => {
  for (const shell of shells) {
    const does = (task: Task) => summaries(t, task, shell)
    t.deepEqual(await does(group({ name: 'art', gid: 1500 })), ['create group art'])
    t.deepEqual(await does(group({ name: 'readers', system: true })), ['create group readers'])
    t.deepEqual(
      await does(user({ name: 'art', uid: 1500, groups: ['readers'], home: '/opt/art', shell: '/bin/bash' })),
      ['create user art'],
    )
    t.deepEqual(await does(user({ name: 'solo', system: true })), ['create user solo'])
    t.like(await facts().get(userFact('art')), { uid: 1500, gid: 1500, group: 'art', groups: ['readers'] })
    t.like(await facts().get(userFact('solo')), { group: 'solo', shell: '/usr/sbin/nologin', home: '/home/solo' })
    t.is((await host.exec(['test', '-d', '/opt/art'])).code, 0)
    t.not((await host.exec(['test', '-e', '/home/solo'])).code, 0)
    t.deepEqual(await does(user({ name: 'art', shell: '/bin/sh', groups: ['systemd-journal'] })), ['change user art'])
    t.like(await facts().get(userFact('art')), { shell: '/bin/sh', groups: ['readers', 'systemd-journal'] })
    t.deepEqual(await does(user({ name: 'art', exactGroups: true })), ['change user art'])
    t.deepEqual(await does(user({ name: 'art', state: 'absent' })), ['remove user art'])
    t.deepEqual(await does(user({ name: 'solo', state: 'absent' })), ['remove user solo'])
    t.deepEqual(await does(group({ name: 'readers', state: 'absent' })), ['remove group readers'])
    await does(group({ name: 'art', state: 'absent' }))
    await host.run(['rm', '-rf', '/opt/art'])
  }
})

real('packages: installed in a version, upgraded, kept, removed', async t => {
  const hello = 'baton-lab-hello'
  for (const shell of shells) {
    const does = (task: Task) => summaries(t, task, shell)
    t.deepEqual(await does(packages({ names: [`${hello}=1.0`] })), [`install ${hello} 1.0`])
    t.deepEqual(await does(packages({ names: [hello, 'bash'] })), [])
    t.deepEqual(await does(packages({ names: [`${hello}=1.1`], updateCache: false })), [`install ${hello} 1.1`])
    t.like(await facts().get(installed(hello)), { version: '1.1' })
    t.regex((await failure(packages({ names: [`${hello}=1.0`] }))).says, /downgrade/i)
    t.like(await facts().get(installed(hello)), { version: '1.1' })
    t.deepEqual(await does(packages({ names: [`${hello}=1.0`], allowDowngrade: true })), [`install ${hello} 1.0`])
    t.deepEqual(await does(packages({ names: [hello], state: 'absent' })), [`remove ${hello}`])
  }
  const missing = await failure(packages({ names: ['no-such-package-at-all'] }))
  t.not(missing.code, 0)
  t.regex(missing.says, /Unable to locate package no-such-package-at-all/)
})

/** A package in the host's own repository. */
const publish = async (name: string, relation: string): Promise<void> => {
  const script = `set -e
    mkdir -p /tmp/$1/DEBIAN
    printf 'Package: %s\\nVersion: 1\\nArchitecture: all\\nMaintainer: lab\\nDescription: test\\n%s\\n' "$1" "$2" >/tmp/$1/DEBIAN/control
    dpkg-deb --root-owner-group --build /tmp/$1 /srv/apt/$1.deb >/dev/null
    { echo; cat /tmp/$1/DEBIAN/control
      echo "Filename: ./$1.deb"; echo "Size: $(stat -c %s /srv/apt/$1.deb)"; set -- $(sha256sum /srv/apt/$1.deb); echo "SHA256: $1"
    } >>/srv/apt/Packages`
  await host.run(['sh', '-c', script, 'sh', name, relation])
}

real(
  'packages: what is not named is neither removed nor upgraded, and the host says what it would have been',
  async t => {
    const needed = await failure(packages({ names: ['libpq5'], state: 'absent' }))
    t.is(needed.code, 75)
    t.regex(needed.says, /apt would also remove postgresql-17/)
    t.like(await facts().get(installed('libpq5')), { installed: true })

    await publish('baton-needs', 'Depends: baton-lab-hello (>= 1.1)')
    await publish('baton-fights', 'Conflicts: baton-lab-hello')
    await summaries(t, packages({ names: ['baton-lab-hello=1.0'] }))
    const upgrade = await failure(packages({ names: ['baton-needs'] }))
    t.is(upgrade.code, 75)
    t.regex(upgrade.says, /apt would upgrade baton-lab-hello, which is not named/)
    const removal = await failure(packages({ names: ['baton-fights'], allowUpgrades: true }))
    t.is(removal.code, 75)
    t.regex(removal.says, /apt would remove baton-lab-hello/)
    t.like(await facts().get(installed('baton-lab-hello')), { version: '1.0' })
    t.deepEqual(await summaries(t, packages({ names: ['baton-needs'], allowUpgrades: true })), ['install baton-needs'])
    t.like(await facts().get(installed('baton-lab-hello')), { version: '1.1' })
    await summaries(t, packages({ names: ['baton-needs', 'baton-lab-hello'], state: 'absent' }))
  },
)

real('packages: another package manager is waited for', async t => {
  // As apt locks: fcntl(2) with a struct flock, which flock(1) would not meet. Each is held until somebody has waited.
  const lock = `use Fcntl; open(F, '>>', $ARGV[0]) or die;
    my $lock = pack('s s x4 q q i', F_WRLCK, 0, 0, 0, 0);
    fcntl(F, F_SETLK, $lock) or die; open(G, '>', '/tmp/held'); sleep 4`
  const hold = async (file: string) => {
    const held = host.exec(['perl', '-e', lock, file])
    await host.run(['sh', '-c', 'for i in $(seq 50); do [ -e /tmp/held ] && exit; sleep 0.1; done; exit 1'])
    await host.run(['rm', '/tmp/held'])
    return { ended: held }
  }
  const names = ['baton-lab-hello']
  const lists = await hold('/var/lib/apt/lists/lock')
  await summaries(t, packages({ names }))
  t.is((await lists.ended).code, 0)
  const frontend = await hold('/var/lib/dpkg/lock-frontend')
  t.deepEqual(await summaries(t, packages({ names, state: 'absent' })), ['remove baton-lab-hello'])
  t.is((await frontend.ended).code, 0)
})

real('a unit file and its service: new, changed, stopped, masked', async t => {
  for (const shell of shells) {
    const does = (task: Task) => summaries(t, task, shell)
    const content = program('ExecStart=/bin/sleep infinity')
    const unitFile = systemdUnit({ name: 'baton-a.service', content })
    t.deepEqual(await does(unitFile), ['write /etc/systemd/system/baton-a.service'])
    t.like(await facts().get(unit('baton-a')), { load: 'loaded', file: 'disabled', active: 'inactive' })
    const on = service({ name: 'baton-a', state: 'started', enabled: true })
    t.deepEqual(await does(on), ['enable and start baton-a.service'])
    t.like(await facts().get(unit('baton-a')), { active: 'active', file: 'enabled' })
    const limits = '[Service]\nLimitNOFILE=4096\n'
    await does(systemdUnit({ name: 'baton-a.service', dropIn: 'limits', content: limits }))
    await does(systemdUnit({ name: 'baton-a.service', content: program('ExecStart=/bin/sleep 9999') }))
    t.like(await facts().get(unit('baton-a')), { active: 'active', file: 'enabled', needsReload: false })
    t.is(await host.run(['systemctl', 'show', '-P', 'LimitNOFILE', 'baton-a']), '4096\n')
    t.deepEqual(await does(service({ name: 'baton-a', state: 'stopped', enabled: false })), [
      'disable and stop baton-a.service',
    ])
    await host.run(['rm', '-r', '/etc/systemd/system/baton-a.service', '/etc/systemd/system/baton-a.service.d'])
    await host.run(['systemctl', 'daemon-reload'])
    t.deepEqual(await does(service({ name: 'baton-a', masked: true })), ['mask baton-a.service'])
    await t.throwsAsync(unitFile.plan(facts()), { message: /is masked/ })
    await host.run(['systemctl', 'unmask', 'baton-a'])
  }
})

real('a packaged service is masked, unmasked, disabled and enabled', async t => {
  const does = (task: Task) => summaries(t, task)
  t.deepEqual(await does(service({ name: 'ssh.socket', enabled: true })), ['enable ssh.socket'])
  t.deepEqual(await does(service({ name: 'ssh.socket', enabled: false })), ['disable ssh.socket'])
  t.deepEqual(await does(service({ name: 'ssh.socket', masked: true })), ['mask ssh.socket'])
  t.deepEqual(await does(service({ name: 'ssh.socket', masked: false, enabled: false })), [
    'unmask and disable ssh.socket',
  ])
})

real('a file that came another way is loaded before its service is started', async t => {
  const file = '/etc/systemd/system/baton-b.service'
  await summaries(t, systemdUnit({ name: 'baton-b.service', content: program('ExecStart=/bin/sleep 1111') }))
  await summaries(t, service({ name: 'baton-b', enabled: true })) // Referred to, so that systemd keeps it in memory.
  await host.copyIn(Buffer.from(program('ExecStart=/bin/sleep 2222')), file)
  t.like(await facts().get(unit('baton-b')), { needsReload: true })
  await summaries(t, service({ name: 'baton-b', state: 'started' }))
  t.is((await host.exec(['pgrep', '-f', '^/bin/sleep 2222$'])).code, 0)
  await host.copyIn(Buffer.from(program('ExecStart=/bin/sleep 3333')), file)
  const reload = systemdUnit({ name: 'baton-b.service', content: program('ExecStart=/bin/sleep 3333') })
  t.deepEqual(await summaries(t, reload), ['daemon-reload for baton-b.service'])
})

real('services that do not come up: the last journal lines are shown, and the failure is not missed', async t => {
  const fails = async (name: string, lines: string, timeoutSeconds = 60) => {
    await summaries(t, systemdUnit({ name: `${name}.service`, content: program(lines) }))
    const seen = await failure(service({ name, state: 'started', timeoutSeconds }))
    t.is(seen.code, 1, name)
    return seen.says
  }
  const talks = `ExecStart=/bin/sh -c 'echo the disk is on fire >&2; exit 3'`
  t.regex(await fails('baton-dies', talks), /the disk is on fire/)
  t.regex(await fails('baton-missing', 'ExecStart=/no/such/program'), /did not start|is failed|ended within/)
  t.regex(await fails('baton-loops', `Restart=always\nRestartSec=200ms\n${talks}`), /the disk is on fire/)
  t.regex(await fails('baton-forks', `Type=forking\n${talks}`), /did not start[\s\S]*the disk is on fire/)
  const slow = await fails('baton-slow', 'Type=notify\nTimeoutStartSec=60\nExecStart=/bin/sleep 60', 2)
  t.regex(slow, /is still activating after 2 s/)
  // A service that failed can be started again once its file is right, whatever its start limit says.
  await summaries(t, systemdUnit({ name: 'baton-loops.service', content: program('ExecStart=/bin/sleep 7777') }))
  await summaries(t, service({ name: 'baton-loops', state: 'started' }))
})

real('stopped is stopped, even when it ends badly', async t => {
  const content = program(`ExecStart=/bin/sh -c 'trap "exit 9" TERM; while :; do sleep 0.1; done'`)
  await summaries(t, systemdUnit({ name: 'baton-rude.service', content }))
  await summaries(t, service({ name: 'baton-rude', state: 'started' }))
  t.deepEqual(await summaries(t, service({ name: 'baton-rude', state: 'stopped' })), ['stop baton-rude.service'])
  t.like(await facts().get(unit('baton-rude')), { active: 'failed' })
})

real('a timer waits, and a template has instances', async t => {
  const oneshot = '[Service]\nType=oneshot\nExecStart=/bin/true\n'
  await summaries(t, systemdUnit({ name: 'baton-job.service', content: oneshot }))
  const times = '[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n'
  await summaries(t, systemdUnit({ name: 'baton-job.timer', content: times }))
  const on = timer({ name: 'baton-job', state: 'started', enabled: true })
  t.deepEqual(await summaries(t, on), ['enable and start baton-job.timer'])
  t.like(await facts().get(unit('baton-job.timer')), { active: 'active', sub: 'waiting', file: 'enabled' })
  await summaries(t, timer({ name: 'baton-job', state: 'stopped', enabled: false }))
  await t.throwsAsync(service({ name: 'baton-job', enabled: true }).plan(facts()), { message: /is static/ })
  await summaries(t, systemdUnit({ name: 'baton-i@.service', content: program('ExecStart=/bin/sleep %i') }))
  t.deepEqual(await summaries(t, service({ name: 'baton-i@4444', state: 'started', enabled: true })), [
    'enable and start baton-i@4444.service',
  ])
})

real('restart: a new process; only if it runs: what is stopped stays so', async t => {
  await summaries(t, systemdUnit({ name: 'baton-r.service', content: program('ExecStart=/bin/sleep 5555') }))
  const act = async (task: Task<unknown>) => {
    const [change] = await task.plan(facts())
    t.is((await localRun(change!.command, shells[0]!)).code, 0)
  }
  await act(serviceRestart({ name: 'baton-r', onlyIfActive: true }))
  t.like(await facts().get(unit('baton-r')), { active: 'inactive' })
  await act(serviceRestart({ name: 'baton-r' }))
  const first = await facts().get(unit('baton-r'))
  await act(serviceRestart({ name: 'baton-r', onlyIfActive: true }))
  const second = await facts().get(unit('baton-r'))
  t.is(second.active, 'active')
  t.not(second.mainPid, first.mainPid)
  await act(systemdReload({}))
})

real('units that nobody knows are told apart in one question', async t => {
  const names = ['ssh.service', 'no-such.service', 'dbus', 'ssh.service']
  const questions = names.map(name => unit(name))
  const { kind } = questions[0]!
  const asked = questions.map(q => q.question)
  const answers = kind.parse(await localRun(kind.ask(asked), shells[1]!), asked) as readonly UnitState[]
  t.deepEqual(
    answers.map(a => a.load),
    ['loaded', 'not-found', 'loaded', 'loaded'],
  )
})

real('waiting for a port and for a command to have done its work', async t => {
  t.deepEqual(await summaries(t, waitFor({ port: 22 })), [])
  const again = { script: sh`[ -s /root/made ]` }
  const make = command({ script: sh`date >/root/made`, creates: '/root/made', unless: again })
  t.deepEqual(await summaries(t, make), ['run date >/root/made'])
  t.deepEqual(await facts().get(succeeds(again)), { succeeds: true })
})

real(
  'all of them in one playbook: check mode writes nothing, a run does it, a second one finds nothing to do',
  async t => {
    const folder = mkdtempSync(join(tmpdir(), 'baton-tasks-system-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    const inventory = join(folder, 'lab.yml')
    writeFileSync(inventory, stringify({ all: { children: { web: { hosts: { system1: hostVars(host.address) } } } } }))
    const run = async (...more: string[]) => {
      const ended = await baton('test/fixtures/playbooks/system.ts', '-i', inventory, '-o', 'json', ...more)
      t.not(ended.code, null, ended.stderr)
      const last = ended.stdout.trim().split('\n').at(-1) ?? '{}'
      const { hosts } = JSON.parse(last) as { hosts?: Record<string, unknown> }
      return { code: ended.code, counts: hosts?.system1 }
    }
    const check = await run('--check')
    t.is(check.code, 0)
    // What listens, which files a service may have created, and which units went along with one that was started (here the
    // service behind the timer, and its restart) is not known before it runs.
    t.like(check.counts, { ok: 1, changed: 8, failed: 0, unknown: 4 })
    for (const path of ['/etc/systemd/system/beacon.service', '/root/done'])
      t.not((await host.exec(['test', '-e', path])).code, 0, path)
    t.deepEqual(await facts().get(userFact('beacon')), { exists: false })
    const applying = await run()
    t.is(applying.code, 0)
    t.like(applying.counts, { failed: 0, unknown: 0 })
    t.is((await host.exec(['test', '-e', '/root/done'])).code, 0)
    const again = await run('--check', '--expect-no-changes')
    t.is(again.code, 0)
    t.like(again.counts, { changed: 0, failed: 0, unknown: 0 })
  },
)
