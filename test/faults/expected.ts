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

/** How often each line is in the log at the end. A step that failed by intent is done again by a run that goes on. */
export const linesOf = (
  token: string,
): Readonly<Record<string, { readonly least: number; readonly most: number }>> => ({
  [`${token} one`]: { least: 1, most: 1 },
  [`${token} begun`]: { least: 1, most: 1 },
  [`${token} ended`]: { least: 1, most: 1 },
  [`${token} tried`]: { least: 2, most: 2 },
  [`${token} failing`]: { least: 1, most: Number.POSITIVE_INFINITY },
  [`${token} rescued`]: { least: 1, most: 1 },
  [`${token} two`]: { least: 1, most: 1 },
  // With what it found in the file whose change notified it.
  [`${token} handled this is ${token}`]: { least: 1, most: 1 },
})

export const logOf = (root: string): string => `${root}/log`
