import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { BatonError, Refusal, UsageError } from '../errors.ts'
import { sealOf } from './digest.ts'

const digest = z.string().regex(/^[0-9a-f]{32}$/)

/** A fact that the plan was made from. */
const savedFact = z.strictObject({
  /** The host that was asked. */
  host: z.string(),
  as: z.string().optional(),
  fact: z.string(),
  digest,
  /** For people: the answer, short and without secrets. */
  was: z.string(),
})

const savedChange = z.strictObject({
  summary: z.string(),
  /** Of the command with its arguments and its content, and of what it claims. */
  digest,
})

const savedStep = z.strictObject({
  host: z.string(),
  play: z.string(),
  key: z.string(),
  title: z.string(),
  /** `unknown`: planned when it is reached. */
  state: z.enum(['ok', 'change', 'unknown']),
  because: z.string().optional(),
  changes: z.array(savedChange),
})

const content = z.strictObject({
  /** Of this format. */
  version: z.literal(1),
  made: z.string(),
  playbook: z.strictObject({ file: z.string(), name: z.string() }),
  inventories: z.array(z.string()),
  limit: z.string().optional(),
  tags: z.array(z.string()),
  skipTags: z.array(z.string()),
  startAt: z.string().optional(),
  extraVars: z.array(z.string()),
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  /** What the inventory says of each host: its vars, groups and address. */
  hosts: z.array(z.strictObject({ host: z.string(), digest })),
  /** The plays with the keys of their tasks, on each host. */
  tasks: z.array(z.strictObject({ play: z.string(), host: z.string(), digest })),
  steps: z.array(savedStep),
  facts: z.array(savedFact),
})

const file = z.strictObject({ plan: content, seal: z.string() })

export type PlanContent = z.output<typeof content>
export type SavedStep = z.output<typeof savedStep>
export type SavedFact = z.output<typeof savedFact>

/** The variable that holds the key of the pipeline: with it, nobody else can make or change a plan. */
export const PLAN_KEY = 'BATON_PLAN_KEY'

export const planText = (plan: PlanContent, key: string | undefined): string =>
  `${JSON.stringify({ plan, seal: sealOf(plan, key) }, undefined, 2)}\n`

/**
 * Reads a plan. Throws UsageError when it is none, Refusal when it is not the one that was written: edited, cut, or sealed
 * with another key.
 */
export const readPlan = async (path: string, key: string | undefined): Promise<PlanContent> => {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new UsageError([{ message: `--apply: ${path} cannot be read: ${(cause as Error).message}` }])
  }
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    throw new Refusal(`${path} is not a plan as it was saved: it is no JSON`, {
      hint: 'Make it anew: --check --plan FILE.',
    })
  }
  const parsed = file.safeParse(raw)
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
  return plan
}

/** A plan that cannot be saved. */
export class NoPlan extends BatonError {}
