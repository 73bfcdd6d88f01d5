import type { Fact } from '../../lib/facts/fact.ts'
import { localRun } from './local-run.ts'

/** Asks several questions of one kind in one command, as the engine does. */
export const askAll = async <A>(facts: readonly Fact<A>[], shell: readonly string[]): Promise<readonly A[]> => {
  const { kind } = facts[0]!
  const questions = facts.map(f => f.question)
  return kind.parse(await localRun(kind.ask(questions), shell), questions)
}
