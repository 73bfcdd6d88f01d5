import { createHash } from 'node:crypto'

/** What the playbook of this folder makes of a host, for it and for those that look whether it did. */

/** Longer than what travels inside a request. */
const LARGE = 200 * 1024

const filled = (line: string): string => line.repeat(Math.ceil(LARGE / line.length)).slice(0, LARGE)

export const unitName = 'baton-fault.service'

/** The files, by path, as they are with this token. `before` is the token of what was there. */
export const filesOf = (root: string, token: string): Readonly<Record<string, string>> => ({
  [`${root}/small`]: `this is ${token}\n`,
  [`${root}/large`]: filled(`${createHash('sha256').update(token).digest('hex')} of ${token}\n`),
  [`${root}/always`]: `always ${token}\n`,
  [`${root}/last`]: `last ${token}\n`,
  [`/etc/systemd/system/${unitName}`]: `[Unit]\nDescription=${token}\n[Service]\nType=oneshot\nExecStart=/bin/true\n`,
})

export interface Expected {
  /** The task that writes it. */
  readonly title: string
  readonly least: number
  readonly most: number
}

const lines = (title: string, least = 1, most = least): Expected => ({ title, least, most })

/** How often each line is in the log at the end. A step that failed by intent is done again by a run that goes on. */
export const linesOf = (token: string): Readonly<Record<string, Expected>> => ({
  [`${token} one`]: lines('one'),
  [`${token} begun`]: lines('slow'),
  [`${token} ended`]: lines('slow'),
  [`${token} tried`]: lines('tried', 2),
  [`${token} failing`]: lines('failing', 1, Number.POSITIVE_INFINITY),
  [`${token} rescued`]: lines('rescued'),
  [`${token} two`]: lines('two'),
  // With what it found in the file whose change notified it.
  [`${token} handled this is ${token}`]: lines('handler'),
})

export const logOf = (root: string): string => `${root}/log`
