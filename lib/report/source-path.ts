import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { SourceLocation } from '../errors.ts'

/** Where the checkout is that paths are named from; the working directory where no CI says so. */
export const checkoutOf = (env: Readonly<Record<string, string | undefined>>, cwd: string): string =>
  env.GITHUB_WORKSPACE || env.CI_PROJECT_DIR || cwd

/** The file as the checkout has it, with `/`; undefined where it lies outside. */
export const sourcePath = ({ file }: SourceLocation, checkout: string): string | undefined => {
  const path = relative(checkout, resolve(file))
  return path === '' || path.startsWith('..') || isAbsolute(path) ? undefined : path.split(sep).join('/')
}
