import type { Event } from '../event.ts'
import type { Paint } from './paint.ts'
import { showHosts } from './words.ts'

type Problem = Extract<Event, { type: 'preflight' }>['problems'][number]

/** All problems in one list; hosts with the same share a line. */
export const preflightLines = (problems: readonly Problem[], paint: Paint): readonly string[] => {
  if (problems.length === 0) return []
  const groups = new Map<string, { readonly problem: Problem; readonly hosts: string[] }>()
  for (const problem of problems) {
    const key = JSON.stringify([problem.message, problem.hint])
    const group = groups.get(key) ?? { problem, hosts: [] }
    group.hosts.push(problem.host)
    groups.set(key, group)
  }
  const lines = [...groups.values()].flatMap(({ problem: { message, hint }, hosts }) => [
    ...message.split('\n').map((line, i) => (i === 0 ? `  ${showHosts(hosts)}: ${paint('red', line)}` : `    ${line}`)),
    ...(hint?.split('\n') ?? []).map(line => `      ${paint('gray', line)}`),
  ])
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return ['', paint('bold', `preflight: ${count}. Nothing was changed.`), ...lines]
}
