import { handlerWork, workOf } from '../engine/step.ts'
import type { PlanContent, SavedFact, SavedStep } from './saved-plan.ts'

/** What a run that is resumed has done of its plan. */
export interface Progress {
  /** A change of the step was sent to its host. */
  begun(host: string, play: string, key: string): boolean
  /** Something was sent to the host. */
  touched(host: string): boolean
}

/** What this machine's earlier runs owe, which the plan need not know of: it may have been made elsewhere. */
export interface OwedHere {
  /** Digests of handlers. */
  owed(host: string, play: string): readonly { readonly task: string }[]
}

/** A handler that an earlier run owes. */
export const isOwedHere = (
  { host, play, key }: Pick<SavedStep, 'host' | 'play' | 'key'>,
  here: OwedHere | undefined,
): boolean => here?.owed(host, play).some(({ task }) => handlerWork(task) === workOf(key)) ?? false

export interface Now {
  readonly facts: readonly SavedFact[]
  readonly steps: readonly SavedStep[]
}

export const stepId = ({ host, play, key }: Pick<SavedStep, 'host' | 'play' | 'key'>): string =>
  JSON.stringify([host, play, key])

/** A step in words, for a refusal. */
export const told = ({ state, changes, because }: SavedStep): string => {
  if (state === 'ok') return 'no change'
  if (state === 'unknown') return `unknown (${because ?? 'no reason given'})`
  if (state === 'failed') return `not possible (${because ?? 'no reason given'})`
  return changes.map(({ summary, digest }) => `"${summary}" (${digest.slice(0, 8)})`).join(', ')
}

const digestsOf = ({ changes }: SavedStep): readonly string[] => changes.map(({ digest }) => digest)

const sameWork = (a: SavedStep, b: SavedStep): boolean =>
  a.state === b.state && JSON.stringify(digestsOf(a)) === JSON.stringify(digestsOf(b))

/** Nothing but what was announced, in that order; a part of it may be done already, or not be needed any more. */
export const isWithin = (is: SavedStep, then: SavedStep): boolean => {
  const left = [...digestsOf(then)]
  return digestsOf(is).every(digest => {
    const at = left.indexOf(digest)
    left.splice(0, at + 1)
    return at >= 0
  })
}

interface Allowing {
  /** See RunBinding.watch. */
  readonly leased?: boolean
  /** The run goes on with what it has begun, so that what it has done counts as announced. */
  readonly progress?: Progress
  readonly here?: OwedHere
}

/** A lease has a directory, and the directories above it. What a step would have made there is not needed any more. */
const isDirectoryNow = (then: SavedFact, is: SavedFact): boolean =>
  then.fact.startsWith('path ') && then.was === 'absent' && is.was.startsWith('type directory')

/** Why a plan does not hold. */
export interface Differences {
  readonly reasons: readonly string[]
  /** It may be over in a moment: a service is just being restarted by something else. */
  readonly passing: boolean
}

/** Facts of what is started and stopped. */
const aboutServices = /^(unit|postgres-\S+) /

const movedFacts = (then: PlanContent, now: Now, { leased, progress }: Allowing): Differences => {
  const found = new Map(now.facts.map(fact => [fact.id, fact]))
  let passing = true
  const reasons = then.facts.flatMap(one => {
    const { id, host, fact, was, digest } = one
    const is = found.get(id)
    // A fact that no task asks for any more is not why: its step is.
    if (!is || is.digest === digest || progress?.touched(host)) return []
    if (leased && isDirectoryNow(one, is)) return []
    passing &&= aboutServices.test(fact)
    const [before, after] =
      is.was === was ? [`${was} (${digest.slice(0, 8)})`, `${is.was} (${is.digest.slice(0, 8)})`] : [was, is.was]
    return [`${host}: ${fact} was ${before}; now it is ${after}`]
  })
  return { reasons, passing }
}

/** What a step has come to in comparison with what was announced. Undefined: that is all right. */
const trouble = (
  then: SavedStep | undefined,
  is: SavedStep | undefined,
  { progress, here }: Allowing,
): string | undefined => {
  const step = then ?? is!
  const about = `${step.host}: "${step.title}"`
  const begun = progress?.begun(step.host, step.play, step.key) ?? false
  if (!then && isOwedHere(step, here)) return undefined
  if (!then) return is!.state === 'ok' ? undefined : `${about} is ${told(is!)}, and was not in the plan`
  if (then.state === 'unknown' || then.moving) return undefined
  // A handler that nothing notifies: what would have is compared itself, or it was owed where the plan was made.
  if (!is)
    return progress || then.handler || then.state !== 'change'
      ? undefined
      : `${about} was ${told(then)}; now it is not planned`
  if (sameWork(then, is)) return undefined
  if (then.state === 'change' && (begun || (is.state !== 'failed' && isWithin(is, then)))) return undefined
  return `${about} was ${told(then)}; now it is ${told(is)}`
}

/**
 * Why a plan does not hold any more. Facts first, naming host, fact, then and now: where one moved, that is why the rest
 * differs.
 */
export const differences = (then: PlanContent, now: Now, allowing: Allowing = {}): Differences => {
  const moved = movedFacts(then, now, allowing)
  if (moved.reasons.length > 0) return moved
  const announced = new Map(then.steps.map(step => [stepId(step), step]))
  const found = new Map(now.steps.map(step => [stepId(step), step]))
  // What a moving step, or one that is owed here, unsettles may have become unknown with it, and must come to what was announced when it is reached.
  const unsettled = new Set(
    now.steps.flatMap(is => {
      const before = announced.get(stepId(is))
      const surprise = before ? before.moving && !sameWork(before, is) : isOwedHere(is, allowing.here)
      return surprise ? [is.host] : []
    }),
  )
  // What stands behind it is not planned any more because of it.
  const stopped = now.steps.some(is => is.state === 'failed' && announced.get(stepId(is))?.state !== 'failed')
  const reasons = [...new Set([...announced.keys(), ...found.keys()])].flatMap(id => {
    const is = found.get(id)
    if (!is && stopped) return []
    if (is?.state === 'unknown' && unsettled.has(is.host)) return []
    return trouble(announced.get(id), is, allowing) ?? []
  })
  return {
    reasons,
    passing:
      reasons.length > 0 &&
      (stopped || now.steps.some(is => is.state === 'unknown' && announced.get(stepId(is))?.state !== 'unknown')),
  }
}
