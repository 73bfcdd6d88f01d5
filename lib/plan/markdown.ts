import type { ChangeReport, Recorded } from '../event.ts'
import { diffBlock } from '../report/diff-block.ts'
import { details, fence, inline } from '../report/markdown-text.ts'
import { oneLine } from '../report/terminal-text.ts'
import { showHosts } from '../report/words.ts'
import { stepId } from './compare.ts'
import { fitInto, type Part } from './fit.ts'
import type { PlanContent, SavedStep } from './saved-plan.ts'

interface About {
  /** What applies it, as it is typed. */
  readonly command: string
  /** The file that holds the plan. */
  readonly file: string
  readonly seal: string
  /** Bytes. */
  readonly limit: number
}

type Diffs = ReadonlyMap<string, readonly ChangeReport[]>

/** What a page has besides its tasks, at most: what is said of what was cut. */
const SPARE = 300

const plain = (text: string): string => inline(oneLine(text))

const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

const titleOf = ({ title, handler, on }: SavedStep): string =>
  `${plain(title)}${on === undefined ? '' : ` (on ${plain(on)})`}${handler ? ' (handler)' : ''}`

const changePart = (step: SavedStep, reports: readonly ChangeReport[]): Part => {
  const again = step.moving ? ', planned again when it is reached: it follows what moves by itself' : ''
  const head = `<b>${titleOf(step)}</b>${again}`
  const summaries = step.changes.map(({ summary }) => plain(summary)).join('; ')
  const short = `- ${head}: ${summaries}\n`
  const lines = reports.flatMap(report => diffBlock(report, false))
  // A command that claims nothing has no more to show than its summary.
  if (lines.length <= step.changes.length) return { full: short, counts: true }
  return {
    full: details(head, fence(lines.join('\n'), 'diff')),
    short: `${short.trimEnd()} *(diff left out)*\n`,
    counts: true,
  }
}

const partOf = (step: SavedStep, diffs: Diffs): Part | undefined => {
  const because = plain(step.because ?? 'no reason given')
  if (step.state === 'change') return changePart(step, diffs.get(stepId(step)) ?? [])
  if (step.state === 'unknown') return { full: `- *unknown*: ${titleOf(step)}<br>${because}\n`, counts: true }
  if (step.state === 'failed')
    return {
      full: `- *cannot be planned, which the playbook lets pass*: ${titleOf(step)}<br>${because}\n`,
      counts: true,
    }
  return step.moving
    ? { full: `- *as it should be now, and planned again when it is reached*: ${titleOf(step)}\n`, counts: true }
    : undefined
}

interface Group {
  readonly hosts: string[]
  readonly parts: readonly Part[]
}

/** Hosts of a play of which the same is said. */
const groupsOf = (steps: readonly SavedStep[], diffs: Diffs): readonly Group[] => {
  const groups = new Map<string, Group>()
  for (const host of new Set(steps.map(step => step.host))) {
    const parts = steps.flatMap(step => (step.host === host ? (partOf(step, diffs) ?? []) : []))
    if (parts.length === 0) continue
    const key = JSON.stringify(parts.map(({ full }) => full))
    const group = groups.get(key) ?? { hosts: [], parts }
    groups.set(key, group)
    group.hosts.push(host)
  }
  return [...groups.values()]
}

const playParts = ({ steps }: PlanContent, diffs: Diffs): readonly Part[] =>
  [...new Set(steps.map(({ play }) => play))].flatMap(play => {
    const groups = groupsOf(
      steps.filter(step => step.play === play),
      diffs,
    )
    if (groups.length === 0) return []
    return [
      { full: `\n## ${plain(play)}\n`, counts: false },
      ...groups.flatMap(({ hosts, parts }) => [
        { full: `\n**on ${plain(showHosts(hosts))}**\n\n`, counts: false },
        ...parts,
      ]),
    ]
  })

const COLUMNS = [
  ['change', 'change'],
  ['planned when reached', 'unknown'],
  ['as it should be', 'ok'],
] as const satisfies readonly (readonly [string, SavedStep['state']])[]

/** Hosts that a table names. */
const MOST_HOSTS = 40

const tableOf = ({ steps }: PlanContent): string => {
  const hosts = [...new Set(steps.map(({ host }) => host))]
  const row = (host: string) => {
    const counts = COLUMNS.map(([, state]) => steps.filter(step => step.host === host && step.state === state).length)
    return `| ${plain(host)} | ${counts.join(' | ')} |\n`
  }
  const left = hosts.length - MOST_HOSTS
  const more = left > 0 ? `\nand ${plural(left, 'more host')}\n` : ''
  const names = COLUMNS.map(([name]) => name).join(' | ')
  return `| host | ${names} |\n|---|--:|--:|--:|\n${hosts.slice(0, MOST_HOSTS).map(row).join('')}${more}\n`
}

/** By host, how many facts of which kind. */
const factsOf = ({ facts }: PlanContent): string => {
  const hosts = [...new Set(facts.map(({ host }) => host))]
  const lines = hosts.slice(0, MOST_HOSTS).map(host => {
    const kinds = new Map<string, number>()
    for (const fact of facts)
      if (fact.host === host) {
        const [kind = ''] = fact.fact.split(' ')
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      }
    const counts = [...kinds].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${count} ${plain(kind)}`)
    return `- ${plain(host)}: ${counts.join(', ')}\n`
  })
  const head = `${plural(facts.length, 'fact')} of ${plural(hosts.length, 'host')} that it was planned from`
  return lines.length > 0 ? `\n${details(head, lines.join(''))}` : ''
}

const headOf = (plan: PlanContent): string => {
  const count = (state: SavedStep['state']) => plan.steps.filter(step => step.state === state).length
  const hosts = new Set(plan.steps.map(({ host }) => host)).size
  const limited = plan.limit === undefined ? '' : `, limited to ${plain(plan.limit)}`
  const some = [
    count('change') > 0 && `**${plural(count('change'), 'task')} would change something**`,
    count('unknown') > 0 && `${count('unknown')} are planned when they are reached`,
    `${count('ok')} are as they should be`,
  ]
  const said = count('change') + count('unknown') === 0 ? '**Nothing to do**: all is as it should be' : undefined
  return `# Plan: ${plain(plan.playbook.name)}\n\n${said ?? some.filter(Boolean).join(', ')}. ${plural(hosts, 'host')}${limited}.\n\n`
}

const footOf = (plan: PlanContent, { command, seal }: About): string => {
  const keyed = seal.startsWith('hmac-')
  const kind = keyed ? "sealed with the pipeline's key" : 'not sealed with a key: trust it as far as its file'
  return `${factsOf(plan)}\nThis, and nothing else, is done by\n\n${fence(command, 'sh')}\nwhich reads these facts again on all hosts, and refuses the whole where one has changed. Made ${plain(plan.made)}, ${kind}, \`${seal.slice(0, 24)}\`.\n`
}

const cutLine = (shortened: number, missing: number, file: string): string => {
  const what = [
    shortened > 0 && plural(shortened, 'diff'),
    missing > 0 && `${plural(missing, 'task')} at the end`,
  ].filter(Boolean)
  return what.length === 0
    ? ''
    : `> This page was cut to fit: ${what.join(' and ')} left out. ${plain(file)} holds all.\n\n`
}

/**
 * A plan for whoever reviews it: by play, hosts of which the same is said together, changes with their diffs, what is unknown
 * with its reason. `records`: of the check that it was made by, fit for a terminal. What does not fit into `limit` is left out
 * and said: diffs first, the largest of them, then tasks from the end.
 */
export const planMarkdown = (plan: PlanContent, records: readonly Recorded[], about: About): string => {
  const diffs = new Map<string, readonly ChangeReport[]>()
  for (const { event } of records)
    if (event.type === 'task' && event.state === 'ended' && event.key !== undefined)
      diffs.set(stepId({ ...event, key: event.key }), event.changes)
  const head = headOf(plan)
  const table = tableOf(plan)
  const foot = footOf(plan, about)
  const room = about.limit - Buffer.byteLength(head + table + foot) - SPARE
  const { text, shortened, missing } = fitInto(playParts(plan, diffs), room)
  return head + cutLine(shortened, missing, about.file) + table + text + foot
}
