import type { Options } from './options.ts'
import type { Terminal } from './terminal.ts'

/** How the terminal wants it: https://no-color.org, and FORCE_COLOR as Node itself reads it (it wins). */
export const wantsColor = (env: Terminal['env'], isTTY: boolean): boolean => {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = env
  if (force !== undefined) return force !== '0' && force !== 'false'
  if (no) return false
  return isTTY && term !== 'dumb'
}

const inCI = (env: Terminal['env']): boolean => Boolean(env.CI) && env.CI !== 'false' && env.CI !== '0'

/** What is shown where no -o says so: annotations under GitHub Actions, rows on a terminal, lines elsewhere. */
export const format = (options: Pick<Options, 'output'>, { env, stdout }: Pick<Terminal, 'env' | 'stdout'>) => {
  if (options.output) return options.output
  if (env.GITHUB_ACTIONS === 'true') return 'github'
  return stdout.isTTY && !inCI(env) && env.TERM !== 'dumb' ? 'pretty' : 'plain'
}
