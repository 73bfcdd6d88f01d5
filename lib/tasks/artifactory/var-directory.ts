import { posix } from 'node:path'
import type { Facts } from '../../dsl/facts.ts'
import { path } from '../../facts/path.ts'

/**
 * Where Artifactory's var directory really is: it is a link in package installations, and a copy of the link is no copy.
 * https://jfrog.com/help/r/jfrog-installation-setup-documentation/data-directory
 */
export const varDirectory = async (facts: Facts, home: string): Promise<string> => {
  const found = await facts.get(path(`${home}/var`))
  return found.type === 'link' ? posix.resolve(home, found.target) : `${home}/var`
}
