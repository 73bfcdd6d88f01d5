/** `npm run test:faults`: faults on hosts of the lab, and what each run made of them. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Lab, type LabHost, labPossible } from '../lab/lab.ts'
import { campaign, type Result } from './campaign.ts'
import { cleanRun } from './clean.ts'
import { kinds } from './kinds.ts'
import type { Stage } from './stage.ts'
import { table } from './table.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '20261122' },
    only: { type: 'string', multiple: true },
    count: { type: 'string' },
    fault: { type: 'string' },
    stages: { type: 'string', default: '2' },
    // A lab that is kept, so that a second campaign begins sooner.
    checkout: { type: 'string' },
  },
})
const { seed, only, checkout, fault: wanted } = values
const count = values.count === undefined ? undefined : Number(values.count)
const chosen = kinds.filter(({ name }) => only === undefined || only.some(word => name.includes(word)))
const possible = labPossible()
if (!possible.ok || chosen.length === 0) {
  console.error(possible.ok ? `no such kind; there are: ${kinds.map(k => k.name).join(', ')}` : possible.why)
  process.exit(1)
}

const folder = mkdtempSync(join(tmpdir(), 'baton-faults-'))
const own = checkout ?? join(folder, 'lab')
mkdirSync(own, { recursive: true })
const lab = new Lab({ checkout: own, progress: line => console.log(line) })
const results: Result[] = []
const interrupted = (): void => {
  void lab.down().finally(() => process.exit(130))
}
process.once('SIGINT', interrupted)
try {
  const names = Array.from({ length: Number(values.stages) }, (_, i) => [`f${i + 1}a`, `f${i + 1}b`]).flat()
  const hosts = await lab.up(names)
  const stages: Stage[] = []
  for (let i = 0; i < hosts.length; i += 2)
    stages.push({ lab, hosts: [hosts[i]!, hosts[i + 1]!] as [LabHost, LabHost] })
  const clean = await cleanRun(stages[0]!, folder)
  console.log(`a run without a fault: ${clean.records} records, ${clean.bytes} bytes with a host, ${clean.mostKib} KiB`)
  const faults = chosen
    .flatMap(kind => kind.faults(clean, count).map(fault => ({ kind: kind.name, fault })))
    .filter(({ fault }) => wanted === undefined || fault.name === wanted)
  console.log(`seed ${seed}, ${faults.length} faults on ${stages.length} pairs of hosts`)
  const began = performance.now()
  const told = (result: Result): void => {
    const { kind, fault, findings, codes, ms } = result
    const head = `${findings.length === 0 ? 'ok  ' : 'BAD '} ${kind}: ${fault}`
    console.log(`${head}  [exit codes ${codes.join(', ')}; ${(ms / 1000).toFixed(1)} s]`)
    for (const finding of findings) console.log(`     ${finding}`)
  }
  results.push(...(await campaign(faults, { stages, folder, seed, told })))
  console.log(`\n${table(results)}\n`)
  console.log(`seed ${seed}, ${Math.round((performance.now() - began) / 1000)} s`)
} finally {
  process.removeListener('SIGINT', interrupted)
  if (checkout === undefined) await lab.down()
  if (results.every(r => r.findings.length === 0)) rmSync(folder, { recursive: true, force: true })
}
process.exitCode = results.length > 0 && results.every(r => r.findings.length === 0) ? 0 : 1
