import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { stringify } from 'yaml'
import type { Event } from '../../lib/event.ts'
import { start } from '../helpers/baton.ts'
import { hostVars, Lab, type LabHost } from '../lab/lab.ts'

// Three real hosts with a small HTTP service under systemd, and an observer who stands where the load balancer would.

const folder = mkdtempSync(join(tmpdir(), 'baton-rolling-'))
const lab = new Lab({ checkout: folder })
const names = ['app1', 'app2', 'app3'] as const
let hosts: readonly LabHost[] = []

/** `bad` never answers well; `flap` does, and a second later its process is gone. */
const server = `
const { createServer } = require('node:http')
const { existsSync, readFileSync } = require('node:fs')
const version = readFileSync('/srv/app/version', 'utf8').trim()
createServer(({ url }, response) => {
  const well = version !== 'bad' && !(url === '/lb' && existsSync('/srv/app/drained'))
  if (version === 'flap') setTimeout(() => process.exit(1), 1000)
  response.writeHead(well ? 200 : 503)
  response.end((well ? 'ok ' : 'no ') + version)
}).listen(8080)
`
const unit = `
[Service]
ExecStartPre=/bin/sh -c 'echo start >>/srv/app/starts'
ExecStart=/usr/bin/node /srv/app/server.cjs
[Install]
WantedBy=multi-user.target
`

test.before(async t => {
  t.timeout(600_000)
  hosts = await lab.up(names)
  const children = { nodes: { hosts: Object.fromEntries(hosts.map(h => [h.name, vars(h)])) } }
  writeFileSync(join(folder, 'inventory.yml'), stringify({ all: { children } }))
})
test.after.always(async () => {
  await lab.down()
  rmSync(folder, { recursive: true, force: true })
})

const vars = (host: LabHost) => ({
  ...hostVars(host.address),
  ansible_ssh_private_key_file: join(folder, '.lab/id_ed25519'),
  ssh_known_hosts_file: join(folder, '.lab/known_hosts'),
})

/** Every node runs v1, is well and in rotation. */
const fresh = async (): Promise<void> => {
  await Promise.all(
    hosts.map(async host => {
      await host.run([
        'sh',
        '-c',
        'mkdir -p /srv/app; rm -f /srv/app/drained /srv/app/starts; echo v1 | tr -d "\\n" >/srv/app/version',
      ])
      await host.copyIn(Buffer.from(server), '/srv/app/server.cjs')
      await host.copyIn(Buffer.from(unit), '/etc/systemd/system/app.service')
      await host.run([
        'sh',
        '-c',
        'systemctl daemon-reload; systemctl enable -q app; systemctl restart app; rm -f /srv/app/starts',
      ])
    }),
  )
  while ((await rotation()).includes(false)) await sleep(100)
}

const inRotation = (host: LabHost): Promise<boolean> =>
  fetch(`http://${host.address}:8080/lb`, { signal: AbortSignal.timeout(2000) }).then(
    r => r.ok,
    () => false,
  )
const rotation = () => Promise.all(hosts.map(inRotation))

/** Looks at all nodes, over and over, from outside. */
const observe = () => {
  const seen = { most: 0, looks: 0, over: false }
  const looking = (async () => {
    while (!seen.over) {
      const out = (await rotation()).filter(well => !well).length
      seen.most = Math.max(seen.most, out)
      seen.looks++
      await sleep(30)
    }
  })()
  return {
    async end(): Promise<{ readonly most: number; readonly looks: number }> {
      seen.over = true
      await looking
      return seen
    },
  }
}

const baton = async (
  version: string,
  more: readonly string[] = [],
  onEvent?: (e: Event, child: ReturnType<typeof start>['child']) => unknown,
) => {
  const journal = join(folder, 'runs')
  const args = [
    'test/fixtures/playbooks/rolling.ts',
    '-i',
    join(folder, 'inventory.yml'),
    '-o',
    'json',
    '--journal',
    journal,
  ]
  const { child, ended } = start([...args, '-e', `version=${version}`, ...more])
  let rest = ''
  child.stdout!.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop()!
    for (const line of lines) if (line) onEvent?.(JSON.parse(line) as Event, child)
  })
  const { code, stdout, stderr } = await ended
  const events = stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Event)
  return {
    code,
    stderr,
    states: events.flatMap(e => (e.type === 'rolling' ? [`${e.host} ${e.state}`] : [])),
    last: (host: string) =>
      events.findLast(e => e.type === 'rolling' && e.host === host) as Extract<Event, { type: 'rolling' }> | undefined,
    notices: events.flatMap(e => (e.type === 'notice' ? [e.text] : [])),
    refused: events.flatMap(e => (e.type === 'refused' ? [e.error.message] : [])),
  }
}

const versions = () => Promise.all(hosts.map(async h => (await h.run(['cat', '/srv/app/version'])).trim()))
const starts = () =>
  Promise.all(
    hosts.map(async h => (await h.run(['sh', '-c', 'cat /srv/app/starts 2>/dev/null || true'])).split('\n').length - 1),
  )
const path = (host: string) =>
  ['draining', 'changing', 'gating', 'returning', 'soaking', 'done'].map(state => `${host} ${state}`)

test.serial('three nodes in the order asked for; nobody outside ever misses more than one', async t => {
  t.timeout(300_000)
  await fresh()
  const check = await baton('v2', ['--check'])
  t.is(check.code, 0, check.stderr)
  t.deepEqual(await versions(), ['v1', 'v1', 'v1'])
  const observer = observe()
  const rolled = await baton('v2')
  const { most, looks } = await observer.end()
  t.is(rolled.code, 0, rolled.stderr)
  t.deepEqual(rolled.states, [...path('app3'), ...path('app2'), ...path('app1')])
  t.is(most, 1)
  t.log(`${looks} looks from outside, never more than ${most} of 3 out`)
  t.deepEqual(await versions(), ['v2', 'v2', 'v2'])
  const again = await baton('v2', ['--expect-no-changes'])
  t.is(again.code, 0, again.stderr)
  t.deepEqual(again.states, ['app3 unchanged', 'app2 unchanged', 'app1 unchanged'])
  t.deepEqual(await starts(), [1, 1, 1])
})

test.serial(
  'a node that never gets healthy stays out, the others are not touched; repaired, it comes first',
  async t => {
    t.timeout(300_000)
    await fresh()
    const observer = observe()
    const rolled = await baton('bad', ['-e', 'within=5'])
    const { most } = await observer.end()
    t.is(rolled.code, 2, rolled.stderr)
    t.is(most, 1)
    t.deepEqual(rolled.states, ['app3 draining', 'app3 changing', 'app3 gating', 'app3 failed'])
    t.regex(rolled.last('app3')?.reason ?? '', /not healthy for 2 s within 5 s: .*answers 200: got 503/)
    t.deepEqual(await versions(), ['v1', 'v1', 'bad'])
    t.deepEqual(await rotation(), [true, true, false])
    t.true(rolled.notices.some(n => /failed, and stays out: app3 .*untouched: app2, app1/.test(n)))
    const repaired = await baton('v3')
    t.is(repaired.code, 0, repaired.stderr)
    t.is(repaired.states[0], 'app3 draining')
    t.deepEqual(await rotation(), [true, true, true])
  },
)

test.serial('a node that gets healthy and falls over while its gate should hold has failed', async t => {
  t.timeout(300_000)
  await fresh()
  const rolled = await baton('flap', ['-e', 'within=6'])
  t.is(rolled.code, 2, rolled.stderr)
  t.is(rolled.states.at(-1), 'app3 failed')
  t.regex(rolled.last('app3')?.reason ?? '', /it was healthy for a while, and then not, once/)
  t.deepEqual(await versions(), ['v1', 'v1', 'flap'])
})

test.serial('with a node that is not well there is no room for another; with two, nothing begins', async t => {
  t.timeout(300_000)
  await fresh()
  for (const host of hosts.slice(0, 2)) await host.run(['systemctl', 'stop', 'app'])
  const refused = await baton('v2')
  t.is(refused.code, 5, refused.stderr)
  t.regex(
    refused.refused[0] ?? '',
    /app2 \(app is active: inactive .*app1 .* are out already, and at most 1 of 3 may be/,
  )
  t.deepEqual(await versions(), ['v1', 'v1', 'v1'])
})

test.serial(
  'interrupted while a node is out, it is finished and no other begins; resumed, the others follow',
  async t => {
    t.timeout(300_000)
    await fresh()
    const first = await baton('v2', [], (e, child) => {
      if (e.type === 'rolling' && e.state === 'gating') child.kill('SIGINT')
    })
    t.is(first.code, 130, first.stderr + JSON.stringify([first.refused, first.notices, first.states]))
    t.deepEqual(first.states.slice(0, 4), path('app3').slice(0, 4))
    t.deepEqual(await rotation(), [true, true, true])
    t.deepEqual(await versions(), ['v1', 'v1', 'v2'])
    const second = await baton('v2', ['--resume'])
    t.is(second.code, 0, second.stderr)
    t.deepEqual(second.states.slice(-12), [...path('app2'), ...path('app1')])
    t.deepEqual(await starts(), [1, 1, 1])
  },
)

test.serial(
  'a controller that is killed while a node is out leaves it out; resumed, it comes first and is not restarted again',
  async t => {
    t.timeout(300_000)
    await fresh()
    const first = await baton('v2', ['-e', 'holds=5'], (e, child) => {
      if (e.type === 'rolling' && e.state === 'gating') child.kill('SIGKILL')
    })
    t.is(first.code, null, first.stderr + JSON.stringify([first.refused, first.notices, first.states]))
    t.deepEqual(await rotation(), [true, true, false])
    const observer = observe()
    const second = await baton('v2', ['--resume'])
    const { most } = await observer.end()
    t.is(second.code, 0, second.stderr)
    t.is(most, 1)
    t.deepEqual(second.states.slice(0, 1), ['app3 gating'])
    t.deepEqual(second.states.slice(-12), [...path('app2'), ...path('app1')])
    t.deepEqual(await starts(), [1, 1, 1])
    t.deepEqual(await rotation(), [true, true, true])
  },
)

// Last: its lease outlives the host's power, for a minute.
test.serial(
  'a node whose power goes while another is worked on counts as failed before anybody else goes out',
  async t => {
    t.timeout(300_000)
    await fresh()
    let cut: Promise<void> | undefined
    const [, app2] = hosts
    const rolled = await baton('v2', [], e => {
      if (e.type === 'rolling' && e.state === 'gating') cut ??= app2!.powerCut()
    })
    await cut
    await app2!.start()
    t.is(rolled.code, 4, rolled.stderr)
    t.deepEqual(rolled.states, [...path('app3'), 'app2 failed'])
    t.deepEqual(await versions(), ['v1', 'v1', 'v2'])
  },
)
