// Runs that never were, and look as if: for the page to be looked at and measured.
import type { ChangeReport, Counts, ErrorReport, Event, NodeState, Outcome, Recorded } from '../../../lib/event.ts'
import { type Kind, kinds } from './sample-tasks.ts'

export interface Sample {
  readonly hosts: number
  readonly tasks: number
  readonly mode?: 'apply' | 'check'
  /** Share of tasks that have something to change. */
  readonly changing?: number
  /** Failing tasks, unreachable hosts, lost connections. */
  readonly faults?: boolean
  readonly rolling?: boolean
  /** The records stop in mid-run. */
  readonly killed?: boolean
  readonly seed?: number
}

/** Mulberry32: the same sample every time. */
const random = (seed: number): (() => number) => {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const START = Date.parse('2026-03-04T09:12:07.311Z')
const PLAYS = ['Prepare every node', 'Install and configure', 'Bring the service up'] as const

const sites = ['fra', 'sin', 'iad', 'gru']
const hostName = (i: number, hosts: number): string =>
  hosts <= 4
    ? (['active1', 'standby1', 'standby2', 'proxy1'][i] ?? '')
    : `art-${sites[i % 4]}-${String((i >> 2) + 1).padStart(2, '0')}`

class Clock {
  readonly events: { at: number; event: Event }[] = []
  say(at: number, event: Event): void {
    this.events.push({ at, event })
  }
}

interface Planned {
  readonly kind: Kind
  readonly title: string
  readonly index: number
  readonly line: number
}

const planned = (count: number, first: number): Planned[] =>
  Array.from({ length: count }, (_, index) => {
    const n = first + index
    const kind = kinds[n % kinds.length]!
    return { kind, index, title: kind.title(Math.floor(n / kinds.length)), line: 24 + n * 3 }
  })

const failure = (task: Planned, host: string, random: () => number): ErrorReport => ({
  kind: 'failed',
  message: 'exit code 100',
  change: task.kind.change,
  command: task.kind.command,
  code: 100,
  stdout: 'Reading package lists...\nBuilding dependency tree...\nReading state information...\n',
  stderr:
    `E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process ${1000 + Math.floor(random() * 9000)} (unattended-upgr)\n` +
    `E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it on ${host}?\n`,
  hint: 'Another package manager is at work on the host. Wait for it to end, and run again: what is done stays done.',
})

/** Events of one run with the times at which they were recorded, in order. */
export const sample = ({
  hosts: hostCount,
  tasks: taskCount,
  mode = 'apply',
  changing = 0.2,
  faults = false,
  rolling = false,
  killed = false,
  seed = 7,
}: Sample): Recorded[] => {
  const next = random(seed)
  const clock = new Clock()
  const hosts = Array.from({ length: hostCount }, (_, i) => hostName(i, hostCount))
  const counts = new Map(
    hosts.map(host => [host, { ok: 0, changed: 0, failed: 0, skipped: 0, unreachable: 0, unknown: 0 }]),
  )
  const broken = new Set<string>()
  const leases = new Map(hosts.map((host, i) => [host, 4 + (i % 3)]))
  const trips = new Map<string, number>()
  const pace = new Map(hosts.map(host => [host, 0.6 + next() * next() * 2.4]))
  let now = 0

  clock.say(0, {
    type: 'run',
    run: '5f0c9a1e',
    playbook: 'Artifactory cluster',
    mode,
    hosts,
    time: new Date(START).toISOString(),
    ...(killed && { resumes: '09ab77c2' }),
  })
  const perPlay = Math.ceil(taskCount / PLAYS.length)

  PLAYS.forEach((play, p) => {
    const tasks = planned(Math.min(perPlay, taskCount - p * perPlay), p * perPlay)
    if (tasks.length === 0) return
    if (broken.size > hostCount / 4) {
      clock.say(now, {
        type: 'notice',
        text: `play "${play}" was not started: ${[...broken].slice(0, 3).join(', ')} did not finish`,
      })
      return
    }
    const there = hosts.filter(host => !broken.has(host))
    const listed = there.map(host => ({ host, tasks: tasks.map(t => t.title) }))
    clock.say(now, { type: 'play', play, state: 'started', hosts: listed })
    const turns = rolling && p === 2
    const forks = turns ? Math.max(1, Math.ceil(hostCount / 6)) : 20
    const lanes = Array.from({ length: forks }, () => now)
    let end = now
    const batches = Math.ceil(there.length / forks)
    if (turns)
      for (const [i, host] of there.entries())
        clock.say(now, { type: 'rolling', play, host, batch: Math.floor(i / forks) + 1, batches, state: 'waiting' })

    for (const [i, host] of there.entries()) {
      if (turns && i % forks === 0) lanes.fill(Math.max(...lanes))
      const lane = i % forks
      let at = lanes[lane]!
      const node = (state: NodeState, reason?: string) =>
        turns &&
        clock.say(at, {
          type: 'rolling',
          play,
          host,
          batch: Math.floor(i / forks) + 1,
          batches,
          state,
          ...(reason && { reason }),
        })
      if (p === 0) {
        clock.say(at, { type: 'host', host, state: 'connecting' })
        at += 120 + next() * 400
        if (faults && i % 67 === 5) {
          at += 9000
          counts.get(host)!.unreachable++
          broken.add(host)
          clock.say(at, {
            type: 'unreachable',
            host,
            error: {
              kind: 'unreachable',
              connection: 'timeout',
              message: `no answer from ${host} port 22 within 10 s`,
              hint: 'Is the host up, and does a firewall let port 22 through?',
            },
          })
          lanes[lane] = at
          continue
        }
        clock.say(at, { type: 'host', host, state: 'connected' })
        if (mode === 'apply') clock.say(at + 30, { type: 'lease', host, state: 'taken', counter: leases.get(host)! })
      }
      at += 60 + next() * 240
      trips.set(host, (trips.get(host) ?? 0) + 3)
      if (turns) {
        node('draining')
        at += 800 + next() * 900
        node('changing')
      }
      const fails = faults && (i % 23 === 7 || (hostCount < 6 && i === hostCount - 1)) && p === 1 ? 3 + (i % 3) : -1
      const lost = faults && i % 41 === 11 && p === 1 ? 6 : -1
      const waits: { task: Planned; ms: number; changes: readonly ChangeReport[] }[] = []
      let stopped = false
      for (const task of tasks) {
        const about = {
          host,
          play,
          index: task.index,
          title: task.title,
          handler: false,
          action: task.kind.action ?? false,
          at: { file: 'playbooks/cluster.ts', line: task.line, column: 9 },
        } as const
        const end = (
          outcome: Outcome,
          more: Partial<Extract<Event, { type: 'task'; state: 'ended' }>> = {},
          when = at,
        ) => {
          counts.get(host)![outcome]++
          clock.say(when, { type: 'task', state: 'ended', ...about, outcome, changes: [], durationMs: 0, ...more })
        }
        if (stopped) {
          end('skipped', { reason: 'not run, because a task before it failed' })
          continue
        }
        const changes = next() < changing * task.kind.often || task.index === fails || task.index === lost
        if (!changes) {
          if (next() < 0.01) end('skipped', { reason: 'when: only on the primary' })
          else end('ok')
          continue
        }
        const report = task.kind.report(host)
        if (mode === 'check') {
          if (task.kind.unknown && next() < 0.5) end('unknown', { reason: task.kind.unknown })
          else end('changed', { changes: [report] })
          continue
        }
        clock.say(at, { type: 'task', state: 'running', ...about })
        const ms = Math.round(task.kind.ms * pace.get(host)! * (0.7 + next() * 0.6))
        if (task.kind.output)
          for (const [n, text] of task.kind.output(host).entries())
            clock.say(at + (ms * (n + 1)) / 12, { type: 'output', ...about, stream: 'stdout', text })
        if (task.index === lost) {
          end(
            'unknown',
            {
              durationMs: 0,
              error: {
                kind: 'unknown',
                connection: 'lost',
                message: `the connection to ${host} was lost`,
                change: task.kind.change,
                command: task.kind.command,
                hint: 'Nobody saw it end. The next run reads the host again before it does anything.',
              },
            },
            at + ms,
          )
          stopped = true
          broken.add(host)
        } else if (task.index === fails) {
          end('failed', { durationMs: ms, error: failure(task, host, next) }, at + ms)
          stopped = true
          broken.add(host)
        } else waits.push({ task, ms, changes: [report] })
        at += ms
        const about2 = about
        if (!stopped) {
          const { changes: done } = waits.at(-1)!
          clock.say(at + 40, {
            type: 'task',
            state: 'ended',
            ...about2,
            outcome: 'changed',
            changes: done,
            durationMs: ms,
            ...(task.kind.attempts && next() < 0.3 && { attempts: 3 }),
          })
          counts.get(host)!.changed++
        }
      }
      at += 90
      if (turns) {
        const bad = faults && i === there.length - 2
        node('gating')
        at += 1500 + next() * 2500
        if (bad) {
          node('failed', `health gate: GET /artifactory/api/v1/system/readiness answered 503 for 60 s`)
          broken.add(host)
        } else {
          node('returning')
          at += 500
          node('soaking')
          at += 1200
          node('done')
        }
      }
      if (mode === 'apply' && p === 1 && !stopped) {
        const handler = { host, play, task: 'a1b2c3', title: 'systemctl restart artifactory' }
        clock.say(at, { type: 'handler', ...handler, state: 'owed' })
        const about = {
          host,
          play,
          index: tasks.length,
          title: handler.title,
          handler: true,
          action: true,
          at: { file: 'playbooks/cluster.ts', line: 18, column: 17 },
        }
        clock.say(at, { type: 'task', state: 'running', ...about })
        const ms = Math.round((3200 + next() * 2500) * pace.get(host)!)
        at += ms
        clock.say(at, {
          type: 'task',
          state: 'ended',
          ...about,
          outcome: 'changed',
          changes: [{ summary: 'restart artifactory.service', diffs: [] }],
          durationMs: ms,
        })
        counts.get(host)!.changed++
        clock.say(at, { type: 'handler', ...handler, state: 'paid' })
      } else if (mode === 'apply' && stopped && p === 1)
        clock.say(at, {
          type: 'handler',
          host,
          play,
          task: 'a1b2c3',
          title: 'systemctl restart artifactory',
          state: 'owed',
        })
      lanes[lane] = at
      end = Math.max(end, at)
    }
    now = Math.max(end, ...lanes)
    clock.say(now, { type: 'play', play, state: 'finished', hosts: listed })
  })

  for (const host of hosts) {
    if (!trips.has(host)) continue
    if (mode === 'apply')
      clock.say(now + 20, {
        type: 'lease',
        host,
        state: faults && host === hosts[3] ? 'lost' : 'released',
        counter: leases.get(host)!,
      })
    clock.say(now + 40, { type: 'host', host, state: 'closed', roundTrips: trips.get(host)! })
  }
  const all = [...counts.values()]
  const sum = (outcome: Outcome) => all.reduce((n, c) => n + c[outcome], 0)
  const exitCode = sum('failed') > 0 || broken.size > sum('unreachable') ? 2 : sum('unreachable') > 0 ? 4 : 0
  clock.say(now + 60, {
    type: 'summary',
    exitCode,
    hosts: Object.fromEntries(counts) as Record<string, Counts>,
    durationMs: Math.round(now + 60),
  })
  const records = clock.events
    .map(({ at, event }, i) => ({ at: Math.round(at), event, i }))
    .sort((a, b) => a.at - b.at || a.i - b.i)
    .map(({ at, event }) => ({ time: new Date(START + at).toISOString(), event }))
  return killed ? records.slice(0, Math.floor(records.length * 0.7)) : records
}
