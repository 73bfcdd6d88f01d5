import type { Fact } from '../facts/fact.ts'
import type { Doubt } from './change.ts'

const questionPath = ({ question }: Fact<unknown>): string | undefined => {
  if (typeof question === 'string') return question
  if (typeof question !== 'object' || question === null || !('path' in question)) return undefined
  return typeof question.path === 'string' ? question.path : undefined
}

/** Whatever was known of paths below this one: it is reached through something that the change replaces, or is gone. */
export const beneath = (about: string, path: string): Doubt => ({
  about,
  covers: fact => questionPath(fact)?.startsWith(`${path}/`) ?? false,
})
