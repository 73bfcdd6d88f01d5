import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clean } from './campaign.ts'
import { startProxies } from './proxies.ts'
import type { Stage } from './stage.ts'
import { Trial } from './trial.ts'

/** A run without a fault, through proxies that count. Throws when even that does not go well. */
export const cleanRun = async (stage: Stage, folder: string): Promise<Clean> => {
  const proxies = await startProxies(stage)
  const trial = await Trial.begin(stage, 'no fault', folder, `clean${process.pid}`, {
    inventory: { ways: proxies.ways },
  })
  try {
    const { mostKib, code, stderr } = await trial.end(trial.start())
    if (code !== 0) trial.found(`exit code ${code}: ${stderr}`)
    await trial.checkEnd()
    if (trial.findings.length > 0) throw new Error(`without a fault: ${trial.findings.join('\n')}`)
    const [name = ''] = readdirSync(trial.journals)
    const records = readFileSync(join(trial.journals, name), 'utf8').trimEnd().split('\n').length
    return { records, bytes: Math.min(...proxies.all.map(p => p.bytes())), mostKib }
  } finally {
    await trial.clear()
    await proxies.close()
  }
}
