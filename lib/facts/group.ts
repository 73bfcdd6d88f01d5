import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { showSafely } from '../secret.ts'
import { defineFact } from './fact.ts'

export type GroupState = { readonly exists: false } | { readonly exists: true; readonly gid?: number }

/**
 * Groups by name. One `getent` for all names; `users:x:100:`, group(5).
 * Source: getent(1), https://man7.org/linux/man-pages/man1/getent.1.html
 */
export const group = defineFact<string, GroupState>({
  kind: 'group',
  id: name => name,
  ask: names => ({
    script: sh`LC_ALL=C getent group -- "$@" || [ $? -eq 2 ]`,
    args: names,
    timeoutMs: 60_000,
  }),
  parse: ({ code, stdout, stderr }, names) => {
    if (code !== 0) throw new FactError(`cannot ask for groups: ${stderr.toString().trim() || `exit code ${code}`}`)
    const found = new Map<string, number>()
    for (const line of stdout.toString().split('\n').filter(Boolean)) {
      const [name, , gid] = line.split(':')
      if (!name || !/^\d+$/.test(gid ?? ''))
        throw new FactError(`getent printed a line that is no group entry: ${JSON.stringify(showSafely(line, 100))}`)
      found.set(name, Number(gid))
    }
    return names.map((name): GroupState => {
      const gid = found.get(name)
      return gid === undefined ? { exists: false } : { exists: true, gid }
    })
  },
  absent: answer => !answer.exists,
  show: answer => (answer.exists ? { exists: 'yes', gid: answer.gid?.toString() } : {}),
})
