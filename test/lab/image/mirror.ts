import { readFile } from 'node:fs/promises'
import { LabError } from '../error.ts'
import { run } from '../machine/run.ts'

const suites = /^(stable|oldstable|oldoldstable|testing|unstable|sid|buster|bullseye|bookworm|trixie|forky|duke)$/

/**
 * The Debian mirror this machine's apt is configured for. apt itself is asked, so both `sources.list` and deb822
 * `.sources` count; see INDEX TARGETS in apt-get(8). BATON_LAB_MIRROR overrides it.
 */
export async function debianMirror(): Promise<string> {
  if (process.env.BATON_LAB_MIRROR) return process.env.BATON_LAB_MIRROR
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)'
  const listed = await run(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'])
  const uri = chooseMirror(listed)
  if (uri === undefined) {
    throw new LabError(
      "this machine's apt knows no Debian mirror to build the lab's root file system from",
      'Set BATON_LAB_MIRROR to the URI of one.',
    )
  }
  return resolveList(uri)
}

/** Picks the main archive from lines of `URI SUITE COMPONENT`; security and update archives hold only a part of Debian. */
export function chooseMirror(indexTargets: string): string | undefined {
  return indexTargets
    .split('\n')
    .map(line => line.split(' '))
    .find(([, suite = '', component]) => suites.test(suite) && component === 'main')?.[0]
}

/** Cloud images say `mirror+file:/etc/apt/mirrors/debian.list/`, a file of this machine with a URI a line: apt-transport-mirror(1). */
async function resolveList(uri: string): Promise<string> {
  const path = /^mirror\+file:(?:\/\/)?(\/.*?)\/?$/.exec(uri)?.[1]
  if (path === undefined) return uri
  const lines = (await readFile(path, 'utf8')).split('\n').map(line => line.trim())
  const first = lines.find(line => line !== '' && !line.startsWith('#'))?.split(/\s/)[0]
  if (first === undefined) throw new LabError(`${path} names no mirror`)
  return first
}

/** `Acquire` settings of this machine (proxies, certificates) that a mirror may be unreachable without. */
export async function acquireOptions(): Promise<string[]> {
  const dump = await run(['apt-config', 'dump', '--no-empty'])
  return dump.split('\n').filter(line => /^Acquire::https?::(Proxy|CaInfo|Verify-Peer|Verify-Host)\b/i.test(line))
}
