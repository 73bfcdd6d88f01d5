import { open } from 'node:fs/promises'
import { z } from 'zod'
import { Refusal, UsageError } from '../errors.ts'
import { sealOf } from './digest.ts'
import { PLAN_KEY, type PlanContent, savedPlan } from './saved-plan.ts'

/** Bytes. A plan of 200 hosts with 200 tasks each is a tenth of it. */
const MOST = 256 * 1024 * 1024
const PIECE = 1024 * 1024

/** At most so much of a file, whatever it is: one that never ends is not read to its end. */
const readSome = async (path: string): Promise<string> => {
  const file = await open(path)
  try {
    const pieces: Buffer[] = []
    for (let size = 0; ; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(PIECE), 0, PIECE, null)
      if (bytesRead === 0) return Buffer.concat(pieces).toString('utf8')
      size += bytesRead
      if (size > MOST) throw new Error(`it is larger than ${MOST / 1024 / 1024} MiB`)
      pieces.push(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A plan, and the seal that tells it from all others. */
export interface ReadPlan {
  readonly plan: PlanContent
  readonly seal: string
}

/** The plan in a file's text. Throws Refusal when it is not the one that was written: edited, cut, or sealed with another key. */
export const unsealPlan = (path: string, text: string, key: string | undefined): ReadPlan => {
  const raw = jsonOf(text)
  if (raw === undefined)
    throw new Refusal(`${path} is not a plan as it was saved: it is no JSON`, {
      hint: 'Make it anew: --check --plan FILE.',
    })
  const parsed = savedPlan.safeParse(raw)
  if (!parsed.success)
    throw new Refusal(`${path} is not a plan as it was saved: ${z.prettifyError(parsed.error).split('\n')[0]}`, {
      hint: 'It was edited, or made by another version of Baton. Make it anew: --check --plan FILE.',
    })
  const { plan, seal } = parsed.data
  if (key === undefined && seal.startsWith('hmac-'))
    throw new Refusal(`${path} is sealed with a key`, { hint: `Set ${PLAN_KEY} to the key that it was made with.` })
  if (key !== undefined && !seal.startsWith('hmac-'))
    throw new Refusal(`${path} is not sealed with a key, and ${PLAN_KEY} is set`, {
      hint: 'Make it anew where the key is set: anybody could have made this one.',
    })
  if (sealOf(plan, key) !== seal)
    throw new Refusal(`${path} is not the plan that was saved: it was edited, or sealed with another key`, {
      hint: 'A plan is reviewed as it is. Make it anew: --check --plan FILE.',
    })
  return { plan, seal }
}

/** Reads a plan. Throws UsageError when it cannot be read, else as `unsealPlan`. */
export const readPlan = async (path: string, key: string | undefined): Promise<ReadPlan> => {
  let text: string
  try {
    text = await readSome(path)
  } catch (cause) {
    throw new UsageError([{ message: `the plan ${path} cannot be read: ${(cause as Error).message}` }])
  }
  return unsealPlan(path, text, key)
}
