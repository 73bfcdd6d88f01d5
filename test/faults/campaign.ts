import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from './random.ts'
import type { Stage } from './stage.ts'
import { Trial } from './trial.ts'

type BeginOptions = Parameters<typeof Trial.begin>[4]

/** One fault to be injected. */
export interface Fault {
  readonly name: string
  readonly options?: (random: Random, stage: Stage) => BeginOptions
  inject(trial: Trial, random: Random): Promise<void>
}

/** One kind of fault, and how many there are of it. */
export interface Kind {
  readonly name: string
  readonly about: string
  /** `clean`: how a run without a fault goes. */
  faults(clean: Clean, count: number | undefined): readonly Fault[]
}

/** A run that met no fault, to choose places in the middle by. */
export interface Clean {
  /** What the journal of it has. */
  readonly records: number
  /** Bytes to each host and back. */
  readonly bytes: number
  readonly mostKib: number
}

export interface Result {
  readonly kind: string
  readonly fault: string
  readonly findings: readonly string[]
  readonly codes: readonly (number | null)[]
  readonly mostKib: number
  readonly ms: number
}

export interface CampaignOptions {
  readonly stages: readonly Stage[]
  readonly folder: string
  readonly seed: string
  readonly told?: (result: Result) => void
}

let count = 0

/** One fault, from preparation to the last look; whatever goes wrong in it is a finding. */
export const injectOne = async (
  kind: string,
  fault: Fault,
  stage: Stage,
  { folder, seed }: Pick<CampaignOptions, 'folder' | 'seed'>,
): Promise<Result> => {
  const random = new Random(`${seed} ${kind} ${fault.name}`)
  const began = performance.now()
  const id = `t${process.pid}-${++count}`
  mkdirSync(folder, { recursive: true })
  let trial: Trial | undefined
  const findings: string[] = []
  try {
    trial = await Trial.begin(stage, fault.name, folder, id, fault.options?.(random, stage))
    await fault.inject(trial, random)
  } catch (error) {
    findings.push(`the trial broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }
  await trial?.clear()
  findings.push(...(trial?.findings ?? []))
  if (findings.length > 0) findings.push(`its journals: ${join(folder, id, 'runs')}`)
  const { codes = [], mostKib = 0 } = trial ?? {}
  return { kind, fault: fault.name, findings, codes, mostKib, ms: performance.now() - began }
}

/** Each stage takes the next fault when it is done with one. */
export const campaign = async (
  faults: readonly { readonly kind: string; readonly fault: Fault }[],
  options: CampaignOptions,
): Promise<readonly Result[]> => {
  const waiting = [...faults]
  const results: Result[] = []
  await Promise.all(
    options.stages.map(async stage => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const result = await injectOne(next.kind, next.fault, stage, options)
        options.told?.(result)
        results.push(result)
      }
    }),
  )
  return results
}
