// `npm run bench`: how long fifty converged tasks take, on one host and on ten, beside checks written by hand.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { hostVars, Lab, type LabHost } from '../lab/lab.ts'
import { type Contender, inTurn, median, table } from './timing.ts'

const here = import.meta.dirname
const root = resolve(here, '../..')
const rounds = Number(process.env.BATON_BENCH_ROUNDS ?? 7)

/** All hosts at once, each over an ssh process of its own: what a person would do without a tool. */
const byHand = (name: string, script: string, hosts: readonly LabHost[]): Contender => ({
  name,
  argv: [
    'sh',
    '-c',
    `script=$1; shift
    for h do
      ssh -F none -o BatchMode=yes -o UserKnownHostsFile=.lab/known_hosts -i .lab/id_ed25519 "admin@$h" sudo sh -s <"$script" &
      pids="$pids $!"
    done
    for p in $pids; do wait $p || exit 1; done`,
    'sh',
    join(here, script),
    ...hosts.map(h => h.address),
  ],
})

const inventoryOf = (folder: string, hosts: readonly LabHost[]): string => {
  const file = join(folder, `${hosts.length}.yml`)
  const members = Object.fromEntries(hosts.map(h => [h.name, hostVars(h.address)]))
  writeFileSync(file, stringify({ all: { children: { bench: { hosts: members } } } }))
  return file
}

const baton = (inventory: string, ...more: string[]): Contender => ({
  name: 'baton',
  argv: ['node_modules/.bin/tsx', 'run', 'test/bench/fifty.ts', '-i', inventory, ...more],
})

const has = (program: string): boolean => {
  try {
    execFileSync('sh', ['-c', 'command -v "$1"', 'sh', program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const ansible = (inventory: string): Contender => ({
  name: 'ansible-playbook, pipelining',
  argv: [
    'env',
    'ANSIBLE_PIPELINING=1',
    'ANSIBLE_GATHERING=explicit',
    'ANSIBLE_FORKS=10',
    'ANSIBLE_SSH_ARGS=-o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=.lab/known_hosts',
    'ansible-playbook',
    '-i',
    inventory,
    join(here, 'fifty.ansible.yml'),
  ],
})

const MIB = 256

/** A large file, new content each round, beside what scp does with it (which neither flushes, renames nor reads back). */
const push = async (folder: string, host: LabHost): Promise<void> => {
  const source = join(folder, 'large')
  writeFileSync(source, randomBytes(MIB * 1024 * 1024))
  const scp: Contender = {
    name: 'scp',
    argv: [
      ...['scp', '-q', '-F', 'none', '-o', 'BatchMode=yes', '-o', 'UserKnownHostsFile=.lab/known_hosts'],
      ...['-i', '.lab/id_ed25519', source, `admin@${host.address}:/var/tmp/by-hand`],
    ],
  }
  const contenders = [scp, { ...baton(inventoryOf(folder, [host]), '-e', `source=${source}`), name: 'baton' }]
  contenders[1] = { ...contenders[1]!, argv: contenders[1]!.argv.map(a => a.replace('fifty.ts', 'push.ts')) }
  const times = await inTurn(contenders, rounds, async () => {
    await host.run(['rm', '-f', '/var/tmp/large', '/var/tmp/by-hand'])
  })
  console.log(`\n${MIB} MiB to one host`)
  console.log(table(contenders, times))
  const rate = (ms: readonly number[]) => ((MIB * 1000) / median(ms)).toFixed(0)
  console.log(`MiB/s, start of the program included: scp ${rate(times[0]!)}, baton ${rate(times[1]!)}`)
}

process.chdir(root)
const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'))
try {
  const lab = new Lab({ progress: line => console.log(line) })
  const names = Array.from({ length: 10 }, (_, i) => `h${String(i + 1).padStart(2, '0')}`)
  const hosts = await lab.up(names)
  execFileSync('npx', ['--no-install', 'tsx', 'run', 'test/bench/fifty.ts', '-i', inventoryOf(folder, hosts)], {
    stdio: 'inherit',
  })
  console.log(
    `\n${availableParallelism()} cores, Node ${process.version}, ${rounds} rounds, contenders in turn, whole processes`,
  )
  for (const some of [hosts.slice(0, 1), hosts]) {
    const inventory = inventoryOf(folder, some)
    const contenders = [
      byHand('by hand over ssh (the floor)', 'floor.sh', some),
      byHand('by hand, one process a kind', 'floor-batched.sh', some),
      baton(inventory, '--check', '--expect-no-changes'),
    ]
    console.log(`\n50 tasks, converged, ${some.length} host${some.length === 1 ? '' : 's'}`)
    console.log(table(contenders, await inTurn(contenders, rounds)))
    if (!has('ansible-playbook')) continue
    // Some tens of seconds a run: fewer rounds, beside ours in the same minutes.
    const two = [baton(inventory, '--check', '--expect-no-changes'), ansible(inventory)]
    console.log(table(two, await inTurn(two, 2)))
  }
  await push(folder, hosts[0]!)
  if (!has('ansible-playbook')) console.log('\nansible-playbook is not installed, so it was left out')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
