import { type Problem, showLocation } from '../errors.ts'

/** Problems of many hosts: the same one of several hosts is one, that says of which. */
export class Findings {
  readonly #found = new Map<string, { readonly problem: Problem; readonly hosts: Set<string> }>()

  /** `same`: what makes it the same problem on another host. Left out: its place and message. */
  add(host: string, problem: Problem, same = `${problem.at ? showLocation(problem.at) : ''} ${problem.message}`): void {
    const before = this.#found.get(same)
    if (before) before.hosts.add(host)
    else this.#found.set(same, { problem, hosts: new Set([host]) })
  }

  problems(): readonly Problem[] {
    return [...this.#found.values()].map(({ problem, hosts }) => {
      const names = [...hosts]
      const who = names.length === 1 ? `host ${names[0]}` : `${names.length} hosts: ${names.slice(0, 3).join(', ')}`
      return { ...problem, message: `${problem.message} (${who}${names.length > 3 ? ' ...' : ''})` }
    })
  }
}
