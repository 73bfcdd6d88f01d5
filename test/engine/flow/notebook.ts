import { existsSync, readFileSync } from 'node:fs'
import type { ExecutionContext } from 'ava'
import type { Conditions } from '../../../lib/changes/run-program.ts'
import { sh } from '../../../lib/command.ts'
import type { TaskOptions } from '../../../lib/dsl/task-options.ts'
import type { Event } from '../../../lib/event.ts'
import { runCommand } from '../../../lib/tasks/run-command.ts'
import type { Played } from '../../helpers/play-here.ts'
import { scratch } from '../../helpers/scratch.ts'

type More = TaskOptions & Conditions & { readonly timeoutSeconds?: number }

/** Actions that write a word into one file each time they run: what really ran, in order. */
export const notebook = (t: ExecutionContext) => {
  const directory = scratch(t)
  const log = `${directory}/log`
  const entry = (word: string, code: string, more: More = {}) =>
    runCommand({
      script: sh`printf '%s\n' "$2" >>"$1"; printf '%s' "$2"; exit "$3"`,
      args: [log, word, code],
      title: word,
      ...more,
    })
  return {
    directory,
    /** Writes, and prints, the word. */
    note: (word: string, more?: More) => entry(word, '0', more),
    /** The same, and ends with code 3. */
    fail: (word: string, more?: More) => entry(word, '3', more),
    lines: (): readonly string[] => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : []),
  }
}

type Ended = Extract<Event, { type: 'task'; state: 'ended' }>

/** How the task of this title ended, of the first host that has one. */
export const endOf = ({ events }: Played, title: string): Ended => {
  const end = events.find((e): e is Ended => e.type === 'task' && e.state === 'ended' && e.title === title)
  if (!end) throw new Error(`no end of ${title}`)
  return end
}

/** `reload owed`, in order. */
export const debts = ({ events }: Played): readonly string[] =>
  events.flatMap(e => (e.type === 'handler' ? [`${e.title} ${e.state}`] : []))

export const notices = ({ events }: Played): readonly string[] =>
  events.flatMap(e => (e.type === 'notice' ? [e.text] : []))
