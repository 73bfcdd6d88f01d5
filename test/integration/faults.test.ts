/** A slice of the campaign of faults (`npm run test:faults`), on a lab of its own. Needs root. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { type Fault, injectOne } from '../faults/campaign.ts'
import { cutAt } from '../faults/kinds/cut.ts'
import { twoRuns } from '../faults/kinds/double.ts'
import { interruptAt } from '../faults/kinds/interrupted.ts'
import { killAt } from '../faults/kinds/killed.ts'
import { oracle } from '../faults/kinds/oracle.ts'
import { stoppedAt } from '../faults/kinds/stopped.ts'
import type { Stage } from '../faults/stage.ts'
import { Lab, type LabHost, labPossible } from '../lab/lab.ts'

const possible = labPossible()
if (!possible.ok) console.warn(`left out: ${possible.why}`)
const real = possible.ok ? test.serial : test.serial.skip

const folder = await mkdtemp(join(tmpdir(), 'baton-faults-'))
const lab = new Lab({ checkout: folder })
const seed = process.env.BATON_SEED ?? '20261122'
let stage: Stage

test.before(async t => {
  if (!possible.ok) return
  t.timeout(600_000)
  stage = { lab, hosts: (await lab.up(['fault1', 'fault2'])) as [LabHost, LabHost] }
})
test.after.always(async () => {
  if (possible.ok) await lab.down()
  await rm(folder, { recursive: true, force: true })
})

const survives = (fault: Fault): void =>
  real(fault.name, async t => {
    t.timeout(300_000)
    const { findings, codes } = await injectOne('slice', fault, stage, { folder: join(folder, 'trials'), seed })
    t.deepEqual(findings, [])
    t.log(`exit codes ${codes.join(', ')}`)
  })

// The oracle sees what it is there to see.
for (const fault of oracle.faults({ records: 120, bytes: 600_000, mostKib: 0 }, undefined)) survives(fault)

// The leases are had, a batch is sent, an action is over, a handler is owed.
for (const at of [30, 50, 75, 100]) survives(killAt('kill before', at))
survives(killAt('kill after', 62))
survives(cutAt('RST', 400_000))
survives(cutAt('garbage', 450_000))
survives(stoppedAt(60))
survives(twoRuns('a', 100))
survives(interruptAt(2, 'slow'))
