import { z } from 'zod'
import { sealOf } from './digest.ts'

const digest = z.string().regex(/^[0-9a-f]{32}$/)

/** A fact that the plan was made from. */
const savedFact = z.strictObject({
  /** Of host, user and question. */
  id: digest,
  /** The host that was asked. */
  host: z.string(),
  as: z.string().optional(),
  fact: z.string(),
  digest,
  /** For people: the answer, short, without secrets and without what moves by itself. */
  was: z.string(),
})

const savedChange = z.strictObject({
  summary: z.string(),
  /** Of the command with its arguments and its content. */
  digest,
  /** For people: the facts that it makes true. They are read back when it is applied. */
  makes: z.array(z.strictObject({ fact: z.string(), expected: z.string() })),
  /** What nobody can know once it has run: it is read again, and what follows from it planned again. */
  unsettles: z.array(z.string()).optional(),
})

const savedStep = z.strictObject({
  host: z.string(),
  play: z.string(),
  key: z.string(),
  title: z.string(),
  /** The host that it looks at and changes, where that is not `host`. */
  on: z.string().optional(),
  handler: z.literal(true).optional(),
  /** It follows facts that move by themselves: `state` is how it was then, and it is planned anew when it is reached. */
  moving: z.literal(true).optional(),
  /** All tries together; each but the first is planned anew from what the one before it left. */
  attempts: z.number().int().optional(),
  /** `unknown`: planned when it is reached. `failed`: it cannot be planned, and the playbook lets that pass. */
  state: z.enum(['ok', 'change', 'unknown', 'failed']),
  because: z.string().optional(),
  changes: z.array(savedChange),
})

const content = z.strictObject({
  /** Of this format. */
  version: z.literal(1),
  made: z.string(),
  /** The version of Baton. */
  baton: z.string(),
  playbook: z.strictObject({ file: z.string(), name: z.string() }),
  inventories: z.array(z.string()),
  limit: z.string().optional(),
  tags: z.array(z.string()),
  skipTags: z.array(z.string()),
  startAt: z.string().optional(),
  extraVars: z.array(z.string()),
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  /** The playbook's own file and those that it imports. */
  sources: z.array(z.strictObject({ file: z.string(), digest })),
  /** What the inventory says of each host: its vars, groups and address. */
  hosts: z.array(z.strictObject({ host: z.string(), digest })),
  /** The plays with their tasks and the options of these, on each host. */
  tasks: z.array(z.strictObject({ play: z.string(), host: z.string(), digest })),
  steps: z.array(savedStep),
  facts: z.array(savedFact),
})

/** What is in the file. */
export const savedPlan = z.strictObject({ plan: content, seal: z.string() })

export type PlanContent = z.output<typeof content>
export type SavedStep = z.output<typeof savedStep>
export type SavedChange = z.output<typeof savedChange>
export type SavedFact = z.output<typeof savedFact>

/** The variable that holds the key of the pipeline: with it, nobody else can make or change a plan. */
export const PLAN_KEY = 'BATON_PLAN_KEY'

export const planText = (plan: PlanContent, key: string | undefined): string =>
  `${JSON.stringify({ plan, seal: sealOf(plan, key) }, undefined, 2)}\n`
