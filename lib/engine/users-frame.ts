import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SourceLocation } from '../errors.ts'

const lib = dirname(dirname(fileURLToPath(import.meta.url)))

const frame = /^ +at (?:async |.* \()?((?:file:\/\/)?\/[^()\n]*?):(\d+):(\d+)\)?$/gm

/** The frames of a stack that are neither a package's nor Node's, the innermost first. */
const framesOf = (stack: string): readonly SourceLocation[] =>
  [...stack.matchAll(frame)]
    .map(([, where = '', line, column]) => {
      const path = where.replace(/[?#].*$/, '')
      return {
        file: path.startsWith('file://') ? fileURLToPath(path) : path,
        line: Number(line),
        column: Number(column),
      }
    })
    .filter(({ file }) => !file.includes('/node_modules/'))

const isOurs = ({ file }: SourceLocation): boolean => file.startsWith(`${lib}/`)

/** The innermost frame that is the user's own code. */
export const usersFrame = (stack: string): SourceLocation | undefined => framesOf(stack).find(one => !isOurs(one))

/** Where the user's own code threw; undefined: Baton did, whoever called it. */
export const thrownByUser = (stack: string): SourceLocation | undefined => {
  const [innermost] = framesOf(stack)
  return innermost && !isOurs(innermost) ? innermost : undefined
}
