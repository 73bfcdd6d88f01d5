import { randomBytes } from 'node:crypto'
import type { BuiltPlay } from '../engine/build.ts'
import type { Host } from '../inventory/host.ts'
import { inputsOf } from './binding.ts'
import { digester } from './digest.ts'
import type { PlanContent } from './saved-plan.ts'
import { Seen } from './seen.ts'

/** What of the command line the plan keeps. */
export type PlanRequest = Pick<
  PlanContent,
  'playbook' | 'inventories' | 'limit' | 'tags' | 'skipTags' | 'startAt' | 'extraVars'
>

/** Makes a plan of a check that it watches. */
export class PlanMaker {
  readonly #salt = randomBytes(16).toString('hex')
  readonly #seen = new Seen(digester(this.#salt))
  readonly planned = this.#seen.planned

  plan(request: PlanRequest, hosts: readonly Host[], plays: readonly BuiltPlay[]): PlanContent {
    return {
      version: 1,
      made: new Date().toISOString(),
      ...request,
      salt: this.#salt,
      ...inputsOf(hosts, plays, this.#salt),
      steps: [...this.#seen.steps()],
      facts: [...this.#seen.facts()],
    }
  }
}
