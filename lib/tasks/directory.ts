import { dirname } from 'node:path'
import { z } from 'zod'
import { type Change, change, claim } from '../changes/change.ts'
import { chownWord } from '../changes/owner.ts'
import { sameAttributes, setAttributes } from '../changes/set-attributes.ts'
import type { FileAttributes } from '../changes/write-file.ts'
import { sh } from '../command.ts'
import type { Facts } from '../dsl/facts.ts'
import { defineTask } from '../dsl/task.ts'
import { Refusal } from '../errors.ts'
import { type Ownership, path } from '../facts/path.ts'
import { absolutePath, mode, ownership } from './params.ts'
import { refuseNonDirectory } from './parent.ts'

const params = z.strictObject({
  path: absolutePath,
  mode: mode.optional().describe('Octal, for example "0750". Left out: kept, 0755 when new'),
  ...ownership,
  parents: z
    .boolean()
    .default(false)
    .describe('Missing parents are made, 0755; root gives them to whom the directory belongs in which they are made'),
})

/** mkdir alone decides whether it was there: made meanwhile by somebody else is a failure, not ours to take over. */
const make = (at: string, { mode, owner, group }: FileAttributes): Change =>
  change({
    summary: `make directory ${at}`,
    command: {
      script: sh`
        umask 077
        mkdir -- "$1" && { [ -z "$2" ] || chown -h -- "$2" "$1"; } && chmod -- "0$3" "$1"`,
      args: [at, chownWord({ owner, group }), mode],
    },
    makes: [claim(path(at), { type: 'directory', mode, owner, group })],
  })

/** A missing parent: only root can give it to somebody, so that its owner is no claim. */
const makeParent = (at: string, above: Ownership): Change =>
  change({
    summary: `make directory ${at}`,
    command: {
      script: sh`
        umask 077
        mkdir -- "$1" || exit 1
        [ -z "$2" ] || [ "$(id -u)" -ne 0 ] || chown -h -- "$2" "$1" || exit 1
        chmod -- 00755 "$1"`,
      args: [at, chownWord(above)],
    },
    makes: [claim(path(at), { type: 'directory', mode: '0755' })],
  })

const ancestors = (at: string): readonly string[] => (at === '/' ? [] : [dirname(at), ...ancestors(dirname(at))])

/** What is above a path. All of it is asked for at once, together with the path: a question more costs nothing, a trip does. */
const askAbove = async (facts: Facts, at: string, parents: boolean) => {
  const above = parents ? ancestors(at) : [dirname(at)]
  return Promise.all(above.map(async parent => ({ at: parent, state: await facts.get(path(parent)) })))
}

/**
 * A directory exists with this owner, group and mode; what lies in it is not looked at. A file or a link in its place is
 * refused, and so is a missing parent, unless `parents` is given.
 */
export const directory = defineTask({
  name: 'directory',
  params,
  title: p => `directory ${p.path}`,
  async plan(p, facts) {
    const [now, above] = await Promise.all([facts.get(path(p.path)), askAbove(facts, p.path, p.parents)])
    if (now.type === 'link')
      throw new Refusal(`${p.path} is a link to ${now.target}, not a directory`, {
        hint: 'Name the directory behind the link.',
      })
    if (now.type !== 'absent') refuseNonDirectory(p.path, now)
    const kept = now.type === 'directory' ? now : undefined
    const state = {
      mode: p.mode ?? kept?.mode ?? '0755',
      owner: p.owner ?? kept?.owner,
      group: p.group ?? kept?.group,
    }
    if (kept) return sameAttributes(kept, state) ? [] : [setAttributes(p.path, 'directory', state)]
    const found = above.findIndex(({ state }) => state.type !== 'absent')
    const nearest = above[found]
    if (!nearest) throw new Refusal(`${dirname(p.path)} is not there`, { hint: 'parents: true makes it.' })
    refuseNonDirectory(nearest.at, nearest.state)
    const missing = above.slice(0, found).reverse()
    if (missing.length === 0) return [make(p.path, state)]
    if (nearest.state.type !== 'directory')
      throw new Refusal(`${nearest.at} is a link, and parents are not made through one`, {
        hint: 'Name the directory behind the link.',
      })
    const { owner, group } = nearest.state
    return [...missing.map(({ at }) => makeParent(at, { owner, group })), make(p.path, state)]
  },
})
