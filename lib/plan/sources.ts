import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, relative, resolve, sep } from 'node:path'

/** What a file says by name that it imports. A word of a comment that looks like it is followed too, which does no harm. */
const imported = /\b(?:from|import)\s*\(?\s*['"]([^'"\n]+)['"]/g

/** As it is written, or as it is found where the ending is left to the loader. */
const candidates = (path: string): readonly string[] => [
  path,
  path.replace(/\.js$/, '.ts'),
  `${path}.ts`,
  `${path}.js`,
  `${path}/index.ts`,
]

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile()

/** The file of an import; undefined: it is a package, or not there. */
const fileOf = (specifier: string, from: string): string | undefined => {
  if (/^[./]/.test(specifier)) return candidates(resolve(dirname(from), specifier)).find(isFile)
  if (!specifier.startsWith('#')) return undefined
  try {
    const found = createRequire(from).resolve(specifier)
    return isFile(found) ? found : undefined
  } catch {
    return undefined
  }
}

/** Baton itself: a plan has its version. */
const own = `${resolve(import.meta.dirname, '..')}${sep}`

/** A file of the playbook's own code. */
export interface Source {
  /** Relative to `cwd`. */
  readonly file: string
  readonly text: string
}

/**
 * The file of a playbook and all that it imports, directly or not, packages and Baton itself aside: what its tasks will come
 * to does not show in their params alone.
 */
export const sourcesOf = (playbook: string, cwd: string): readonly Source[] => {
  const found = new Map<string, string>()
  const waiting = [resolve(cwd, playbook)]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file) || file.startsWith(own) || file.includes('/node_modules/')) continue
    const text = readFileSync(file, 'utf8')
    found.set(file, text)
    for (const [, specifier = ''] of text.matchAll(imported)) {
      const next = fileOf(specifier, file)
      if (next !== undefined) waiting.push(next)
    }
  }
  return [...found]
    .map(([file, text]) => ({ file: relative(cwd, file), text }))
    .sort((a, b) => (a.file < b.file ? -1 : 1))
}
