import { randomBytes } from 'node:crypto'
import type { BuiltPlay } from '../engine/build.ts'
import type { RunContext } from '../engine/context.ts'
import type { Host } from '../inventory/host.ts'
import { type Digest, digester } from './digest.ts'
import { type Inputs, inputsOf } from './inputs.ts'
import type { PlanContent, SavedStep } from './saved-plan.ts'
import { Seen } from './seen.ts'
import type { Source } from './sources.ts'

/** What of the command line the plan keeps. */
export type PlanRequest = Pick<
  PlanContent,
  'baton' | 'playbook' | 'inventories' | 'limit' | 'tags' | 'skipTags' | 'startAt' | 'extraVars'
>

/** Makes a plan of a check that it watches. */
export class PlanMaker {
  readonly #salt = randomBytes(16).toString('hex')
  readonly #digest: Digest
  readonly #seen: Seen
  readonly #sources: readonly Source[]
  #inputs: Inputs | undefined
  readonly planned: RunContext['planned']

  constructor({ sources, key }: { readonly sources: readonly Source[]; readonly key: string | undefined }) {
    this.#digest = digester(this.#salt, key)
    this.#sources = sources
    this.#seen = new Seen(this.#digest)
    this.planned = this.#seen.planned
  }

  /** What the check is made of, as it begins. */
  built = (hosts: readonly Host[], plays: readonly BuiltPlay[]): void => {
    this.#inputs = inputsOf(hosts, plays, this.#sources, this.#digest)
  }

  /** Once the check is over. */
  plan(request: PlanRequest): PlanContent {
    if (!this.#inputs) throw new Error('a plan was asked for before its check')
    const places = new Map(this.#inputs.tasks.map(({ play, host }, i) => [JSON.stringify([play, host]), i]))
    const place = ({ play, host }: SavedStep): number => places.get(JSON.stringify([play, host])) ?? places.size
    return {
      version: 1,
      made: new Date().toISOString(),
      ...request,
      salt: this.#salt,
      ...this.#inputs,
      // Hosts are worked on side by side; a plan that is made twice is in the same order.
      steps: [...this.#seen.steps()].sort((a, b) => place(a) - place(b)),
      facts: [...this.#seen.facts()],
    }
  }
}
