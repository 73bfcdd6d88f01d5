import type { Content } from '../facts/content.ts'
import type { Doubt } from './change.ts'

/**
 * A change to a path is a change to what every link shows that leads to it. All other facts are about the path itself, or are
 * asked together with one that is.
 *
 * What nothing here sees is one file under two names because a directory above it is a link (/var/run, /run), or by a hard
 * link: check mode then plans for two files. A run does not: an edit is refused by the host, which finds other bytes than the
 * edit was made from, and of two whole contents the first is found gone when it is read back.
 */
export const throughLinks = (path: string): Doubt => ({
  about: `what links to ${path} show`,
  covers: (fact, answer) => fact.kind.kind === 'content' && (answer as Content).link === true,
})
