import { resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SourceLocation } from '../errors.ts'

const lib = resolve(import.meta.dirname, '..') + sep

const frame = /\(?((?:file:\/\/)?\/[^()\n]*?):(\d+):(\d+)\)?$/gm

/**
 * The line that called `callee`, and outside Baton itself where there is one: a task may be made of another. Only for
 * display, never for identity. Lines are those of the TypeScript source: tsx keeps line and column when it strips types.
 */
export const callerLocation = (callee: (...args: never[]) => unknown): SourceLocation => {
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, callee)
  const callers = [...(holder.stack ?? '').matchAll(frame)].map(([, where = '', line, column]) => ({
    file: where.startsWith('file://') ? fileURLToPath(where.replace(/\?.*$/, '')) : where,
    line: Number(line),
    column: Number(column),
  }))
  return callers.find(({ file }) => !file.startsWith(lib)) ?? callers[0] ?? { file: 'unknown', line: 1, column: 1 }
}
