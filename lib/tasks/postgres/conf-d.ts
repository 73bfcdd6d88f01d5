import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { path } from '../../facts/path.ts'
import { directory } from '../directory.ts'
import { line } from '../line.ts'
import { clusterParams, configurationOf } from './cluster-params.ts'

/**
 * The cluster reads the files of its directory conf.d, as Debian sets it up by default. The line stands at the end of
 * postgresql.conf where it is new, so that conf.d wins. It takes effect with the next file that is put there.
 */
export const confD = defineTask({
  name: 'confD',
  params: z.strictObject(clusterParams),
  title: p => `${configurationOf(p)}/conf.d is read`,
  async plan(p, facts) {
    const home = configurationOf(p)
    await facts.get(path(home))
    const changes = await Promise.all([
      directory({ path: `${home}/conf.d`, owner: 'postgres', group: 'postgres', mode: '0755' }).plan(facts),
      line({
        path: `${home}/postgresql.conf`,
        line: `include_dir = 'conf.d'`,
        match: /^\s*include_dir\s*=?\s*'conf\.d'/,
      }).plan(facts),
    ])
    return changes.flat()
  },
})
