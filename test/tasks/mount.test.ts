import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import test from 'ava'
import { sh } from '../../lib/command.ts'
import { content } from '../../lib/facts/content.ts'
import { device } from '../../lib/facts/device.ts'
import { type Mounted, mounted } from '../../lib/facts/mounted.ts'
import { type PathState, path } from '../../lib/facts/path.ts'
import { absent } from '../../lib/tasks/absent.ts'
import { mount } from '../../lib/tasks/mount.ts'
import { applied, shells } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { localFacts, localRun } from '../helpers/local-run.ts'
import { isRoot } from '../helpers/me.ts'
import { mountNamespace } from '../helpers/mount-namespace.ts'

const root = { type: 'directory', mode: '0755', owner: 'root', group: 'root' } as const
const there = (more: object = {}): Mounted => ({
  mounted: true,
  root: '/',
  type: 'ext4',
  source: '/dev/vda',
  options: ['rw', 'relatime'],
  ...more,
})
const line = 'UUID=1 /srv ext4 defaults 0 0\n'
interface Host {
  readonly fstab?: string
  readonly now?: Mounted
  readonly place?: PathState
  readonly found?: string | undefined
}
const facts = ({ fstab = line, now = there(), place = root, ...more }: Host) =>
  fakeFacts([
    answer(path('/etc'), root),
    answer(path('/etc/fstab'), { ...root, type: 'file', mode: '0644' }),
    answer(content('/etc/fstab'), { size: fstab.length, bytes: Buffer.from(fstab) }),
    answer(mounted('/srv'), now),
    answer(path('/srv'), place),
    answer(device('UUID=1'), { source: 'found' in more ? more.found : '/dev/vda' }),
  ])

const srv = { path: '/srv', source: 'UUID=1', type: 'ext4' }
const cases = [
  { title: 'as desired', host: {}, task: mount(srv), changes: [] },
  { title: 'not mounted', host: { now: { mounted: false } }, task: mount(srv), changes: ['mount /srv'] },
  { title: 'mounted, but not after a reboot', host: { fstab: '' }, task: mount(srv), changes: ['edit /etc/fstab'] },
  {
    title: 'neither',
    host: { fstab: '', now: { mounted: false } },
    task: mount(srv),
    changes: ['edit /etc/fstab', 'mount /srv'],
  },
  {
    title: 'read-only by accident',
    host: { now: there({ options: ['ro'] }) },
    task: mount(srv),
    changes: ['mount /srv anew with rw'],
  },
  {
    title: 'an option that is not wanted any more',
    host: { now: there({ options: ['rw', 'noexec', 'relatime'] }) },
    task: mount(srv),
    changes: ['mount /srv anew with rw,exec'],
  },
  {
    title: 'an option that another one brings along',
    host: {
      fstab: 'UUID=1 /srv ext4 user,exec 0 0\n',
      now: there({ options: ['rw', 'nosuid', 'nodev', 'noatime'] }),
    },
    task: mount({ ...srv, options: ['user', 'exec'] }),
    changes: ['mount /srv anew with rw,nosuid,nodev,relatime'],
  },
  {
    title: 'only configured',
    host: { fstab: '', now: { mounted: false } },
    task: mount({ ...srv, state: 'configured' }),
    changes: ['edit /etc/fstab'],
  },
  {
    title: 'to be absent',
    host: {},
    task: mount({ path: '/srv', state: 'absent' }),
    changes: ['unmount /srv', 'edit /etc/fstab'],
  },
  {
    title: 'absent',
    host: { fstab: '', now: { mounted: false } },
    task: mount({ path: '/srv', state: 'absent' }),
    changes: [],
  },
] as const
for (const { title, host, task, changes } of cases)
  test(title, async t => {
    // After a mount the mount point is another directory, which only a look can tell; nothing asks for it once it is mounted.
    const known = facts(host)
    const first = await task.plan(known)
    const made = new Map(first.flatMap(c => c.makes).map(c => [c.fact.key, c.answer]))
    const second = await task.plan({
      ...known,
      get: async f => (made.has(f.key) ? (made.get(f.key) as never) : known.get(f)),
    })
    t.deepEqual([first.map(c => c.summary), second.map(c => c.summary)], [[...changes], []])
  })

const refused = [
  { title: 'something else mounted', host: { now: there({ source: '/dev/vdb' }) }, message: /has \/dev\/vdb mounted/ },
  { title: 'a part of it mounted', host: { now: there({ root: '/sub' }) }, message: /its \/sub/ },
  { title: 'another type', host: { now: there({ type: 'xfs' }) }, message: /as xfs, not as ext4/ },
  { title: 'no device', host: { now: { mounted: false }, found: undefined }, message: /no device UUID=1/ },
  { title: 'no mount point', host: { now: { mounted: false }, place: { type: 'absent' } }, message: /no directory/ },
] as const
for (const { title, host, message } of refused)
  test(`refused: ${title}`, async t => {
    await t.throwsAsync(mount(srv).plan(facts(host)), { name: 'Refusal', message })
  })

test('params say what is wrong', t => {
  t.throws(() => mount({ path: '/srv' }), { message: /give source and type/ })
  t.throws(() => mount({ ...srv, options: ['bind'] }), { message: /bind mount/ })
  t.throws(() => mount({ ...srv, options: ['ro,noexec'] }), { message: /without commas/ })
  t.throws(() => mount({ ...srv, source: '/disk.img' }), { message: /below \/dev/ })
})

const asRoot = isRoot ? test : test.skip
for (const shell of shells) {
  asRoot(`a real mount, ${shell}`, async t => {
    const { base, inside } = await mountNamespace(t, shell)
    await writeFile(`${base}/etc/fstab`, '# mine\n')
    const tmpfs = { path: `${base}/m`, source: 'tmpfs', type: 'tmpfs' }
    await applied(t, mount({ ...tmpfs, options: ['nosuid', 'size=1m'] }), inside)
    t.is(await readFile(`${base}/etc/fstab`, 'utf8'), `# mine\ntmpfs ${base}/m tmpfs nosuid,size=1m 0 0\n`)
    await applied(t, mount({ ...tmpfs, options: ['ro', 'noexec', 'nosuid', 'size=1m'] }), inside)
    await applied(t, mount({ ...tmpfs, options: ['nosuid', 'size=1m'] }), inside)
    const now = await localFacts(inside).get(mounted(`${base}/m`))
    t.true(now.mounted && now.options.includes('rw') && now.options.includes('nosuid'))
    t.false(now.mounted && now.options.includes('noexec'))
    await applied(t, mount({ ...tmpfs, options: ['ro', 'nosuid', 'size=1m'] }), inside)
    await t.throwsAsync(absent({ path: base, recursive: true }).plan(localFacts(inside)), {
      message: /mounted at .*\/m/,
    })
    await applied(t, mount({ path: `${base}/m`, state: 'absent' }), inside)
    t.is(await readFile(`${base}/etc/fstab`, 'utf8'), '# mine\n')
  })

  asRoot(`systemd is told of every edit of fstab, after it, ${shell}`, async t => {
    const { base, inside } = await mountNamespace(t, shell)
    await mkdir(`${base}/empty/system`)
    await mkdir(`${base}/bin`)
    await writeFile(`${base}/etc/fstab`, '')
    // In the place of systemctl: what it is told, and what is in the table then.
    await writeFile(`${base}/bin/systemctl`, `#!/bin/sh\necho "$*: $(cat /etc/fstab)" >>${base}/told`)
    await chmod(`${base}/bin/systemctl`, 0o755)
    const words = ['env', `PATH=${base}/bin:${process.env.PATH}`]
    const withSystemd = [...inside.slice(0, 4), ...words, ...inside.slice(4)]
    const tmpfs = { path: `${base}/m`, source: 'tmpfs', type: 'tmpfs' }
    await applied(t, mount({ ...tmpfs, state: 'configured' }), withSystemd)
    t.is(await readFile(`${base}/told`, 'utf8'), `daemon-reload: tmpfs ${base}/m tmpfs defaults 0 0\n`)
    await applied(t, mount(tmpfs), withSystemd)
    await writeFile(`${base}/told`, '')
    await applied(t, mount({ path: `${base}/m`, state: 'absent' }), withSystemd)
    t.is(await readFile(`${base}/told`, 'utf8'), 'daemon-reload: \n')
  })

  asRoot(`a mount point that is not empty is left alone, ${shell}`, async t => {
    const { base, inside } = await mountNamespace(t, shell)
    const changes = await mount({ path: `${base}/m`, source: 'tmpfs', type: 'tmpfs' }).plan(localFacts(inside))
    await writeFile(`${base}/m/precious`, '')
    const outputs = []
    for (const { command } of changes) outputs.push(await localRun(command, inside))
    t.deepEqual(
      outputs.map(o => o.code),
      [0, 75],
    )
    t.regex(outputs[1]!.stderr.toString(), /precious.* would be hidden/)
  })

  asRoot(`a directory below which something is mounted meanwhile is not removed, ${shell}`, async t => {
    const { base, inside } = await mountNamespace(t, shell)
    await localRun({ script: sh`mkdir -p "$1/d/m n"`, args: [base] }, inside)
    const [remove] = await absent({ path: `${base}/d`, recursive: true }).plan(localFacts(inside))
    await localRun({ script: sh`mount --bind "$1/etc" "$1/d/m n"`, args: [base] }, inside)
    const { code, stderr } = await localRun(remove!.command, inside)
    t.is(code, 75)
    t.regex(stderr.toString(), /something is mounted at/)
    t.true((await readFile(`${base}/etc/passwd`)).length > 0)
  })
}
