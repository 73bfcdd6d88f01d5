import { BatonError } from '../errors.ts'

/** Under which a job is known on its host: both name a directory there. */
export interface JobId {
  readonly run: string
  readonly name: string
}

const pattern = /^[0-9a-z-]{1,64}$/

/** A run or the name of a job, for a path. Throws BatonError. */
export const checkName = (name: string): string => {
  if (!pattern.test(name)) throw new BatonError(`${JSON.stringify(name)} is not 1 to 64 of 0-9, a-z and -`)
  return name
}
