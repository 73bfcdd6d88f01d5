import { fileURLToPath } from 'node:url'
import type { SourceLocation } from '../errors.ts'

/**
 * The line that called `callee`. Only for display, never for identity. Lines are those of the TypeScript source: tsx keeps
 * line and column when it strips types.
 */
export const callerLocation = (callee: (...args: never[]) => unknown): SourceLocation => {
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, callee)
  const frame = /\(?((?:file:\/\/)?\/[^()\n]*?):(\d+):(\d+)\)?$/m.exec(holder.stack ?? '')
  if (!frame) return { file: 'unknown', line: 1, column: 1 }
  const [, where = '', line, column] = frame
  const file = where.startsWith('file://') ? fileURLToPath(where.replace(/\?.*$/, '')) : where
  return { file, line: Number(line), column: Number(column) }
}
