import { Refusal } from '../errors.ts'
import type { Os } from '../facts/os.ts'
import { apt } from './apt.ts'
import type { PackageManager } from './package-manager.ts'

const managers: readonly PackageManager[] = [apt]

/** Throws Refusal for an operating system that no package manager here knows. */
export const managerOf = (os: Os): PackageManager => {
  const found = managers.find(m => m.serves(os))
  if (found) return found
  throw new Refusal(`packages on ${os.id} ${os.versionId ?? ''} are not supported`.replace('  ', ' '), {
    hint: `Known: ${managers.map(m => m.name).join(', ')}.`,
  })
}
