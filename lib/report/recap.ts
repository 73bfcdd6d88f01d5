import type { SourceLocation } from '../errors.ts'
import type { ErrorReport } from '../event.ts'
import type { Paint } from './paint.ts'
import { showPlace, styleOf, type Word } from './words.ts'

/** Something that went wrong, told in full when it happened. */
export interface Trouble {
  readonly host: string
  readonly word: Word
  /** The task's title. */
  readonly what?: string
  readonly at?: SourceLocation
  readonly message: string
}

/** The message, and where it is only a number what the command said last. */
export const inShort = ({ message, code, stderr }: ErrorReport): string => {
  const last = stderr?.trimEnd().split('\n').at(-1)?.trim()
  return code !== undefined && last && !message.includes(last) ? `${message}: ${last}` : message
}

/** What went wrong once more, where a reader looks first: at the end. Hosts with the same trouble share a line. */
export const recapLines = (troubles: readonly Trouble[], paint: Paint): readonly string[] => {
  const groups = new Map<string, { readonly trouble: Trouble; readonly hosts: string[] }>()
  for (const trouble of troubles) {
    const key = JSON.stringify({ ...trouble, host: '' })
    const group = groups.get(key) ?? { trouble, hosts: [] }
    group.hosts.push(trouble.host)
    groups.set(key, group)
  }
  const lines = [...groups.values()].flatMap(({ trouble: { word, what, at, message }, hosts }) => [
    `  ${paint(styleOf[word], word)} on ${hosts.join(', ')}${what ? `: ${what}` : ''}${at ? `  (${showPlace(at)})` : ''}`,
    ...message.split('\n').map(line => `      ${line}`),
  ])
  return lines.length > 0 ? ['', 'what went wrong', ...lines] : []
}
