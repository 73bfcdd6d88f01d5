/**
 * What the job leaves out of the var directory (7.x) or of the home (5.x and 6.x), anchored at the transfer's root. JFrog's
 * own list is in no page that can be read today; this one follows from the layout: logs, temporary files, locks, caches,
 * process files, and the configuration, which is copied by rules of its own.
 * https://jfrog.com/help/r/jfrog-installation-setup-documentation/data-directory
 * https://download.samba.org/pub/rsync/rsync.1#PATTERN_MATCHING_RULES
 */
export const excludesOf = (version: string): readonly string[] => {
  const major = Number(/^(\d+)\./.exec(version)?.[1])
  if (major === 7) return [...seven, ...everywhere]
  if (major === 5 || major === 6) return [...fiveAndSix, ...everywhere]
  throw new RangeError(`no list of excludes for Artifactory ${version}`)
}

const everywhere = ['.lock', '*.pid', '.nfs*']

const seven = [
  '/etc/',
  '/log/',
  '/work/',
  '/backup/',
  '/bootstrap/',
  '/data/artifactory/filestore/_pre/',
  '/data/artifactory/tmp/',
  '/data/artifactory/cache/',
  '/data/artifactory/derby/',
  '/data/**/tmp/',
]

const fiveAndSix = [
  '/etc/',
  '/logs/',
  '/backup/',
  '/support/',
  '/run/',
  '/tomcat/work/',
  '/tomcat/temp/',
  '/data/tmp/',
  '/data/cache/',
  '/data/derby/',
  '/data/filestore/_pre/',
]

/** The file for rsync's --exclude-from. */
export const rsyncExcludes = (version: string): string =>
  `# What is left out of the synchronisation of Artifactory ${version}\n${excludesOf(version).join('\n')}\n`
