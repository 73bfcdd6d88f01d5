import { createHash } from 'node:crypto'

/** An item's place, as the table nodes keeps it: the root of a repository is the path `.`. */
export interface RepoPath {
  readonly repo: string
  /** Folder without slashes at its ends, or `.`. */
  readonly path: string
  readonly name: string
}

/** Reads `REPO/FOLDER/NAME` out of a URL path below /artifactory/. Properties after `;` are dropped. Throws on a bad one. */
export function parseRepoPath(encoded: string): RepoPath {
  const plain = encoded.split(';')[0] ?? ''
  const [repo, ...rest] = plain.split('/').map(segment => decodeURIComponent(segment))
  const name = rest.pop()
  const segments = [...rest, name ?? '']
  if (repo === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(repo)) throw new Error('not a repository key')
  if (name === undefined) throw new Error('a path below the repository is needed')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const bad = segments.some(segment => segment === '' || /^\.\.?$/.test(segment) || /[\u0000-\u001f/\\]/.test(segment))
  const path = rest.join('/') || '.'
  if (bad || name.length > 255 || path.length > 1024) throw new Error('not a path of an item')
  return { repo, path, name }
}

export const formatRepoPath = ({ repo, path, name }: RepoPath): string => [repo, ...folders(path), name].join('/')

export const depthOf = ({ path }: RepoPath): number => folders(path).length + 1

/** Unique per item; what nodes.repo_path_checksum holds. */
export const repoPathChecksum = (item: RepoPath): string =>
  createHash('sha1').update(formatRepoPath(item)).digest('hex')

/** The folders above an item, outermost first. */
export function parents({ repo, path }: RepoPath): RepoPath[] {
  const names = folders(path)
  return names.map((name, index) => ({ repo, path: names.slice(0, index).join('/') || '.', name }))
}

const folders = (path: string): string[] => (path === '.' ? [] : path.split('/'))
