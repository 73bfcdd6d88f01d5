import { chmod, chown, mkdir } from 'node:fs/promises'
import type { ExecutionContext } from 'ava'
import type { Facts } from '../../lib/dsl/facts.ts'
import { user } from '../../lib/facts/user.ts'
import { localFacts } from './local-run.ts'
import { isRoot, me } from './me.ts'
import { tempDirectory } from './temp-directory.ts'

/**
 * A user of this machine as if an empty directory were its home: another one than root, where root runs the tests, so that
 * what is done as that user can be told from what root does.
 */
export const userWithHome = async (t: ExecutionContext, shell: readonly string[]) => {
  const facts = localFacts(shell)
  const name = isRoot ? 'nobody' : me.owner
  const found = await facts.get(user(name))
  if (!found.exists) throw new Error(`there is no user ${name}`)
  const base = await tempDirectory(t)
  await chmod(base, 0o755)
  const home = `${base}/home`
  await mkdir(home, 0o755)
  if (isRoot) await chown(home, found.uid ?? 0, found.gid ?? 0)
  const withHome: Facts = {
    ...facts,
    get: async fact => (fact.key === user(name).key ? ({ ...found, home } as never) : facts.get(fact)),
  }
  return { name, group: found.group ?? '', home, base, facts: withHome }
}
