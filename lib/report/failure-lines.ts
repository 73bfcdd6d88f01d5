import type { ErrorReport, TaskReport } from '../event.ts'
import type { Paint } from './paint.ts'
import { showPlace } from './words.ts'

/** Lines shown of each stream of a failed command. */
const TAIL = 20
/** Lines shown of a command, unless `-v` is given. */
const COMMAND_LINES = 8

const LABEL = 9

/** A label before the first line of a text, the others below it. */
const labelled = (label: string, text: string, paint: Paint): readonly string[] =>
  text
    .split('\n')
    .map((line, i) => `${i === 0 ? paint('gray', label.padEnd(LABEL)) : ' '.repeat(LABEL)}${line}`.trimEnd())

const stream = (name: string, text: string | undefined, verbosity: number, paint: Paint): readonly string[] => {
  const lines = (text ?? '').replace(/\n+$/, '').split('\n')
  if (lines.length === 1 && lines[0] === '') return []
  const shown = verbosity > 1 ? lines : lines.slice(-TAIL)
  const note = shown.length < lines.length ? paint('gray', `(last ${TAIL} of ${lines.length} lines)`) : undefined
  return labelled(name, [...(note ? [note] : []), ...shown].join('\n'), paint)
}

const commandText = (command: string, verbosity: number): string => {
  const lines = command.split('\n')
  const left = lines.length - COMMAND_LINES
  return verbosity > 0 || left <= 1
    ? command
    : [...lines.slice(0, COMMAND_LINES), `… and ${left} more lines (-v shows all)`].join('\n')
}

/** Everything that is known about a failure, not indented; the message first, what to do last. */
export const failureLines = (
  error: ErrorReport,
  task: TaskReport | undefined,
  verbosity: number,
  paint: Paint,
): readonly string[] => {
  const line = (label: string, text: string | undefined) => (text ? labelled(label, text, paint) : [])
  const unseen = error.command !== undefined && error.kind === 'unknown' ? 'none: it was not seen to end' : undefined
  const code = error.code ?? unseen
  const bug = 'This is a bug in Baton. Please report it, with these lines.'
  return [
    ...error.message.split('\n').map(text => paint('red', text)),
    ...line('task', task && `${showPlace(task.at)} in play "${task.play}"`),
    ...line('change', error.change),
    ...line('command', error.command && commandText(error.command, verbosity)),
    ...line('code', code === undefined ? undefined : String(code)),
    ...stream('stderr', error.stderr, verbosity, paint),
    ...stream('stdout', error.stdout, verbosity, paint),
    ...line('stack', error.stack),
    ...line('hint', error.hint ?? (error.kind === 'bug' ? bug : undefined)),
  ]
}
