import type { Sink } from './sink.ts'

// Workflow commands of GitHub Actions:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands

const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** `::error file=x.ts,line=3::text`. Properties that are undefined are left out. */
export const workflowCommand = (
  name: 'error' | 'warning' | 'notice' | 'group' | 'endgroup',
  data: string,
  properties: Readonly<Record<string, string | number | undefined>> = {},
): string => {
  const given = Object.entries(properties).filter(([, value]) => value !== undefined)
  const list = given.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(',')
  return `::${name}${list && ` ${list}`}::${escapeData(data)}`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
const atStart = /^((?:[\s\u0085]|\u001b\[[\d;]*m)*):(?=:)/

/**
 * A line that no runner takes for a command, whoever wrote it. The runner obeys `::name::` behind leading white space, and
 * the older `##[name]` wherever it stands in a line
 * (https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs); it knows no escape for either.
 */
export const neutral = (line: string): string => line.replace(atStart, '$1:\\').replaceAll('##[', '##\\[')

/** A sink for whole lines that no runner obeys. */
export const unheard = (sink: Sink): Sink => ({
  write: text => sink.write(text.split('\n').map(neutral).join('\n')),
  close: () => sink.close(),
  get problem() {
    return sink.problem
  },
})
