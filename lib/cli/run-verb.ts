import type { Terminal } from './terminal.ts'

type VerbMain = (argv: readonly string[], terminal: Terminal) => Promise<number>

/** Each is loaded when it is asked for, so that a run does not wait for what it does not need. */
const mains: Readonly<Record<string, () => Promise<VerbMain>>> = {
  exec: async () => (await import('./exec-verb.ts')).execVerb,
  facts: async () => (await import('./facts-verb.ts')).factsVerb,
  inventory: async () => (await import('./inventory-verb.ts')).inventoryVerb,
  report: async () => (await import('./report-verb.ts')).reportVerb,
  locks: async () => (await import('./locks-verb.ts')).locksVerb,
  completion: async () => (await import('./completion-verb.ts')).completionVerb,
}

/** Runs the verb that the first argument names. Undefined: it names none, and is a playbook or an option. */
export const runVerb = async (
  [name = '', ...rest]: readonly string[],
  terminal: Terminal,
): Promise<number | undefined> => {
  const load = Object.hasOwn(mains, name) ? mains[name] : undefined
  return load && (await load())(rest, terminal)
}
