import type { RunContext } from '../engine/context.ts'
import type { HostState } from '../engine/host-state.ts'
import type { Asked } from '../engine/knowledge.ts'
import { maskSecrets } from '../secret.ts'
import type { Digest } from './digest.ts'
import { answerInShort, stableOf } from './in-short.ts'
import type { SavedFact, SavedStep } from './saved-plan.ts'
import { savedStep } from './saved-step.ts'

const idOf = ({ host, as, fact }: Asked): string => JSON.stringify([host, as, fact.key])

/**
 * Watches a check: the steps as they were planned, and from which facts. What was read for a diff alone is not among them: a
 * plan does not follow from it.
 */
export class Seen {
  readonly #digest: Digest
  readonly #asked = new Map<HostState, Map<string, Asked>>()
  readonly #steps: SavedStep[] = []

  constructor(digest: Digest) {
    this.#digest = digest
  }

  planned: RunContext['planned'] = (host, play, on, planned) => {
    const asked = this.#asked.get(on) ?? new Map<string, Asked>()
    this.#asked.set(on, asked)
    for (const one of planned.asked) asked.set(idOf(one), one)
    this.#steps.push(savedStep({ host, play, on: on.host.name }, planned, this.#digest))
  }

  steps(): readonly SavedStep[] {
    return this.#steps
  }

  /** Each once; facts that move by themselves are not among them, nor are those that could not be read. */
  facts(): readonly SavedFact[] {
    const facts = new Map<string, SavedFact>()
    for (const [state, asked] of this.#asked) {
      const answers = new Map(state.observed().map(one => [idOf(one), one]))
      for (const [id, { host, as, fact }] of asked) {
        const found = answers.get(id)
        if (!found || fact.kind.volatile) continue
        facts.set(id, {
          id: this.#digest(id),
          host,
          ...(as !== undefined && { as }),
          fact: maskSecrets(fact.key),
          digest: this.#digest(stableOf(fact, found.answer)),
          was: answerInShort(fact, found.answer, this.#digest),
        })
      }
    }
    return [...facts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fact]) => fact)
  }
}
