import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { usersFrame } from '../engine/users-frame.ts'
import { type Problem, type SourceLocation, UsageError } from '../errors.ts'

const asPath = (where: string): string =>
  where.startsWith('file://') ? fileURLToPath(where.replace(/[?#].*$/, '')) : where.replace(/[?#].*$/, '')

/** Where `needle` first stands in a file, for errors that name a file and no line. */
const placeOf = (file: string, needle: string): SourceLocation => {
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    // The place is a help only: its line 1 is good enough.
  }
  const before = text.slice(0, Math.max(0, text.indexOf(needle))).split('\n')
  return { file, line: before.length, column: before.at(-1)!.length + 1 }
}

const missing = (message: string): Problem | undefined => {
  const [, what = '', importer = ''] =
    /^Cannot find (?:module|package) '([^']+)' imported from (\S+)$/.exec(message) ?? []
  if (!what) return undefined
  const isFile = what.startsWith('/') || what.startsWith('file:')
  const name = isFile ? asPath(what) : what
  return {
    message: `the import ${isFile ? `of ${name}` : `"${name}"`} cannot be found`,
    at: placeOf(asPath(importer), isFile ? basename(name).replace(/\.[cm]?[jt]s$/, '') : name),
    hint: isFile ? 'There is no such file.' : 'Is it in package.json, and was npm ci run?',
  }
}

const notDefined = (message: string): Problem | undefined => {
  const [, what = '', importer = ''] =
    /^Package import specifier "([^"]+)" is not defined .*imported from (\S+)$/.exec(message) ?? []
  if (!what) return undefined
  return {
    message: `the import "${what}" is not defined`,
    at: placeOf(asPath(importer), what),
    hint: 'There are #dsl, #tasks/NAME, #templates/NAME and #lib/PATH.',
  }
}

const syntax = (message: string): Problem | undefined => {
  const [, file = '', line, column, what = ''] = /^(\/.*?):(\d+):(\d+): ERROR: (.*)$/m.exec(message) ?? []
  // esbuild counts columns from 0.
  return file
    ? { message: `not valid TypeScript: ${what}`, at: { file, line: Number(line), column: Number(column) + 1 } }
    : undefined
}

/** A module that lacks what is imported from it: its stack starts with `FILE:LINE`, the line, and a caret below. */
const noExport = (message: string, stack: string): Problem | undefined => {
  const [, where = '', line, marks = ''] = /^((?:file:\/\/)?\/.*?):(\d+)\n.*\n( *)\^/.exec(stack) ?? []
  if (!where) return undefined
  return {
    message: message.replace(
      /^The requested module '(.*)' does not provide an export named '(.*)'$/,
      '"$1" does not export $2',
    ),
    at: { file: asPath(where), line: Number(line), column: marks.length + 1 },
  }
}

/** What importing or building a playbook threw, as a UsageError that names the line of the user's file. */
export const playbookMistake = (thrown: unknown, playbook: SourceLocation): UsageError => {
  if (thrown instanceof UsageError) return thrown
  if (!(thrown instanceof Error))
    return new UsageError([
      { message: `the playbook threw ${JSON.stringify(thrown)}, which is no Error`, at: playbook },
    ])
  const { message, stack = '' } = thrown
  const problem = missing(message) ?? notDefined(message) ?? syntax(message) ?? noExport(message, stack)
  if (problem) return new UsageError([problem])
  const kind = thrown.name === 'Error' || 'hint' in thrown ? '' : `${thrown.name}: `
  const hint = 'hint' in thrown && typeof thrown.hint === 'string' ? { hint: thrown.hint } : {}
  return new UsageError([{ message: `${kind}${message}`, at: usersFrame(stack) ?? playbook, ...hint }])
}
