import type { SourceLocation } from '../errors.ts'
import type { Event, TaskReport } from '../event.ts'
import { inShort } from './recap.ts'
import { rollingText } from './rolling-text.ts'
import { type Mode, showHosts, wordOf } from './words.ts'

/** What a person who looks at a merge request or a commit should know, and at which line. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  /** What kind of thing it is: `failed`, `refused`, `ignored` ... The same in all runs. */
  readonly kind: string
  /** Left out: the run as a whole. */
  readonly host?: string
  readonly play?: string
  /** The task's title. */
  readonly what: string
  readonly message: string
  readonly at?: SourceLocation
}

type Ended = Extract<Event, { type: 'task'; state: 'ended' }>

const ofTask = (event: Ended, mode: Mode): readonly Annotation[] => {
  const { host, play, outcome, error, reason, ignored, rescued, title, at } = event
  if (rescued) return []
  const troubled = outcome === 'failed' || outcome === 'unreachable' || (outcome === 'unknown' && mode === 'apply')
  if (!troubled && !error) return []
  const kind = wordOf(outcome, mode, { kind: error?.kind, ignored: ignored ?? false })
  const message = [error ? inShort(error) : (reason ?? 'no reason given'), ...(error?.hint ? [error.hint] : [])]
  return [{ level: ignored ? 'warning' : 'error', kind, host, play, what: title, message: message.join('\n'), at }]
}

/** What an event is worth being said about beside the log. `play`: the one that is under way. */
export const annotationsOf = (
  event: Event,
  mode: Mode,
  play?: { readonly name: string; readonly at?: TaskReport['at'] | undefined },
): readonly Annotation[] => {
  const about = { ...(play && { play: play.name }), ...(play?.at && { at: play.at }) }
  switch (event.type) {
    case 'task':
      return event.state === 'ended' ? ofTask(event, mode) : []
    case 'unreachable': {
      const { error, host } = event
      const message = error.hint ? `${error.message}\n${error.hint}` : error.message
      return [{ level: 'error', kind: 'unreachable', host, what: 'connection', message, ...about }]
    }
    case 'refused': {
      const { message, hint } = event.error
      return [{ level: 'error', kind: 'refused', what: 'the run', message: hint ? `${message}\n${hint}` : message }]
    }
    case 'preflight':
      return event.problems.map(({ host, message, hint }) => ({
        level: 'error',
        kind: 'preflight',
        host,
        what: 'preflight',
        message: hint ? `${message}\n${hint}` : message,
      }))
    case 'rolling':
      if (event.state !== 'failed') return []
      return [
        {
          level: 'error',
          kind: 'rolling',
          host: event.host,
          what: 'rolling order',
          message: rollingText(event),
          ...about,
        },
      ]
    case 'lease': {
      if (event.state !== 'lost') return []
      const message = 'Another run may work on this host; this one changes nothing there any more.'
      return [{ level: 'error', kind: 'lease', host: event.host, what: 'the lease was lost', message, ...about }]
    }
    case 'notice':
      return [
        {
          level: 'notice',
          kind: 'notice',
          ...(event.host && { host: event.host }),
          what: 'notice',
          message: event.text,
        },
      ]
    default:
      return []
  }
}

export interface Grouped extends Annotation {
  readonly hosts: readonly string[]
}

/** The same on several hosts is said once. */
export const grouped = (annotations: readonly Annotation[]): readonly Grouped[] => {
  const groups = new Map<string, Annotation & { readonly hosts: string[] }>()
  for (const annotation of annotations) {
    const key = JSON.stringify({ ...annotation, host: '' })
    const group = groups.get(key) ?? { ...annotation, hosts: [] }
    if (annotation.host !== undefined) group.hosts.push(annotation.host)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/** `failed on h1, h2: file /x`. */
export const titleOf = ({ kind, hosts, what }: Grouped): string => {
  const said = kind === what || what === 'preflight' ? kind : kind === 'lease' ? what : `${kind}: ${what}`
  return hosts.length > 0 ? `${said} on ${showHosts(hosts)}` : said
}
