import type { HostNumber, Task, TaskNumber } from './report.ts'

/** Tasks that are one to a reader, and the titles that rows have of their own then. */
export interface Merged {
  readonly tasks: readonly Task[]
  /** The task of each row. */
  readonly task: readonly TaskNumber[]
  /** By row, where it is not that of its task. */
  readonly titles: ReadonlyMap<number, string>
}

/** Letters that titles must share for what they share to be a name. */
const ENOUGH = 4

const shared = (a: string, b: string): number => {
  let n = 0
  while (n < a.length && n < b.length && a[n] === b[n]) n++
  return n
}
const reversed = (text: string): string => Array.from(text).reverse().join('')

/** `file /srv/…/conf` for `file /srv/a/conf` and `file /srv/b/conf`. */
const pattern = (titles: readonly string[]): string => {
  const [first = '', ...others] = titles
  const start = first.slice(0, Math.min(...others.map(other => shared(first, other))))
  const rests = titles.map(title => reversed(title.slice(start.length)))
  const end = reversed((rests[0] ?? '').slice(0, Math.min(...rests.slice(1).map(rest => shared(rests[0] ?? '', rest)))))
  return start.length + end.length < ENOUGH ? `${first} …` : `${start}…${end}`
}

/** The only host that has a task; undefined: several have it. */
const onlyHosts = (tasks: readonly Task[], hosts: readonly HostNumber[], task: readonly TaskNumber[]) => {
  const only: (HostNumber | undefined)[] = tasks.map(() => -1)
  hosts.forEach((host, row) => {
    const n = task[row]!
    if (only[n] === -1) only[n] = host
    else if (only[n] !== host) only[n] = undefined
  })
  return only
}

/**
 * A line of a playbook makes tasks whose titles may name the host (`file /srv/node1.conf`). Those that only one host has are
 * matched with those of the other hosts from the same line, first with first, second with second: so that they are one
 * column, one group, one trouble.
 */
export const mergeTasks = (
  tasks: readonly Task[],
  hosts: readonly HostNumber[],
  task: readonly TaskNumber[],
): Merged => {
  const only = onlyHosts(tasks, hosts, task)
  const lines = new Map<string, Map<HostNumber, TaskNumber[]>>()
  tasks.forEach(({ play, place, kind }, n) => {
    const host = only[n]
    if (host === undefined || host < 0 || place === '') return
    const key = JSON.stringify([play, place, kind])
    const line = lines.get(key) ?? new Map<HostNumber, TaskNumber[]>()
    lines.set(key, line)
    line.set(host, [...(line.get(host) ?? []), n])
  })
  const merged = [...tasks]
  const into = tasks.map((_, n) => n)
  for (const line of lines.values()) {
    if (line.size < 2) continue
    const lists = [...line.values()].map(list => list.sort((a, b) => tasks[a]!.index - tasks[b]!.index))
    for (let nth = 0; nth < Math.max(...lists.map(list => list.length)); nth++) {
      const same = lists.flatMap(list => list[nth] ?? [])
      const [first, ...others] = same
      if (first === undefined || others.length === 0) continue
      merged[first] = {
        ...tasks[first]!,
        title: pattern(same.map(n => tasks[n]!.title)),
        index: Math.min(...same.map(n => tasks[n]!.index)),
      }
      for (const n of others) into[n] = first
    }
  }
  const kept = new Map([...new Set(into)].map((n, i) => [n, i]))
  return {
    tasks: [...kept.keys()].map(n => merged[n]!),
    task: task.map(n => kept.get(into[n]!)!),
    titles: new Map(
      task.flatMap((n, row) => (tasks[n]!.title === merged[into[n]!]!.title ? [] : [[row, tasks[n]!.title] as const])),
    ),
  }
}
