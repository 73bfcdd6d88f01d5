import { z } from 'zod'
import { type Change, change, claim, type Doubt } from '../changes/change.ts'
import { sh } from '../command.ts'
import type { Facts } from '../dsl/facts.ts'
import { defineTask } from '../dsl/task.ts'
import { Refusal } from '../errors.ts'
import { group as groupFact } from '../facts/group.ts'
import { type UserState, user as userFact } from '../facts/user.ts'
import { absolutePath, groupName, userName } from './params.ts'

const params = z.strictObject({
  name: userName,
  state: z.enum(['present', 'absent']).default('present').describe('absent keeps the home directory'),
  uid: z.number().int().min(1).max(4_294_967_294).optional().describe('Left out: the next free one when new'),
  group: groupName.optional().describe('Primary group, which must exist. Left out: kept, one of its own name when new'),
  groups: z.array(groupName).default([]).describe('Further groups it is in, at least; they must exist'),
  exactGroups: z.boolean().default(false).describe('It is in no further group than these'),
  home: absolutePath.optional().describe('Left out: kept, /home/NAME when new. Nothing is moved when it changes'),
  createHome: z.boolean().optional().describe('When new. Left out: yes, and no for a system user'),
  shell: absolutePath.optional().describe('Left out: kept; when new /bin/sh, and /usr/sbin/nologin for a system user'),
  system: z.boolean().default(false).describe('When new: its number is from the range of the system'),
})

type Params = z.output<typeof params>
type Present = UserState & { readonly exists: true }

const underHome = (home: string): Doubt => ({
  about: `what is put into ${home}`,
  covers: ({ kind, question }) =>
    ['path', 'content', 'digest'].includes(kind.kind) && (question === home || String(question).startsWith(`${home}/`)),
})

const create = (p: Params, ownGroupExists: boolean): Change => {
  const groups = [...new Set(p.groups)].filter(g => g !== (p.group ?? p.name)).sort()
  const state: Present = {
    exists: true,
    ...(p.uid !== undefined && { uid: p.uid }),
    group: p.group ?? p.name,
    groups,
    home: p.home ?? `/home/${p.name}`,
    shell: p.shell ?? (p.system ? '/usr/sbin/nologin' : '/bin/sh'),
  }
  const createHome = p.createHome ?? !p.system
  const ownGroup = p.group === undefined && !ownGroupExists
  return change({
    summary: `create user ${p.name}`,
    command: {
      script: sh`useradd "$@"`,
      args: [
        ...(p.system ? ['--system'] : []),
        ...(p.uid === undefined ? [] : ['--uid', String(p.uid)]),
        ...(ownGroup ? ['--user-group'] : ['--gid', p.group ?? p.name]),
        ...(groups.length > 0 ? ['--groups', groups.join(',')] : []),
        ...['--home-dir', state.home, createHome ? '--create-home' : '--no-create-home'],
        ...['--shell', state.shell, '--', p.name],
      ],
    },
    makes: [claim(userFact(p.name), state), ...(ownGroup ? [claim(groupFact(p.name), { exists: true as const })] : [])],
    doubts: createHome ? [underHome(state.home)] : [],
  })
}

/** What is desired of a user that exists: only what the params name differs from what is. */
const wanted = (p: Params, now: Present): Present => {
  const group = p.group ?? now.group
  const groups = [...new Set([...(p.exactGroups ? [] : now.groups), ...p.groups])].filter(g => g !== group).sort()
  return {
    ...now,
    ...(group !== undefined && { group }),
    groups,
    home: p.home ?? now.home,
    shell: p.shell ?? now.shell,
  }
}

const modify = (name: string, now: Present, want: Present): Change | undefined => {
  const args: string[] = []
  if (want.group !== undefined && want.group !== now.group) args.push('--gid', want.group)
  if (want.groups.join() !== now.groups.join()) args.push('--groups', want.groups.join(','))
  if (want.home !== now.home) args.push('--home', want.home)
  if (want.shell !== now.shell) args.push('--shell', want.shell)
  if (args.length === 0) return undefined
  const { gid, ...rest } = want
  return change({
    summary: `change user ${name}`,
    command: { script: sh`usermod "$@"`, args: [...args, '--', name] },
    makes: [claim(userFact(name), want.group === now.group && gid !== undefined ? want : rest)],
  })
}

const remove = (name: string, now: Present): Change => {
  if (now.uid === 0) throw new Refusal(`${name} is root and is not removed`)
  return change({
    summary: `remove user ${name}`,
    command: { script: sh`userdel -- "$1"`, args: [name] },
    makes: [claim(userFact(name), { exists: false })],
    // userdel takes the group of the same name along when it is nobody else's.
    doubts: [{ about: `the group ${name}`, covers: fact => fact.key === groupFact(name).key }],
  })
}

const checkGroups = async (p: Params, facts: Facts): Promise<void> => {
  const names = [...(p.group === undefined ? [] : [p.group]), ...p.groups]
  const states = await Promise.all(names.map(name => facts.get(groupFact(name))))
  const missing = names.filter((_, i) => !states[i]?.exists)
  if (missing.length > 0)
    throw new Refusal(`user ${p.name} cannot be in a group that is not there: ${missing.join(', ')}`, {
      hint: 'Make it before, with the task group.',
    })
}

/**
 * A local user exists, with these attributes, or does not. A number is never changed: what the old one owns would be lost.
 * Passwords are not managed. Source: useradd(8), usermod(8), userdel(8)
 */
export const user = defineTask({
  name: 'user',
  params,
  title: p => `user ${p.name}${p.state === 'absent' ? ' absent' : ''}`,
  async plan(p, facts) {
    if (p.state === 'absent') {
      const now = await facts.get(userFact(p.name))
      return now.exists ? [remove(p.name, now)] : []
    }
    const [now, ownGroup] = await Promise.all([
      facts.get(userFact(p.name)),
      facts.get(groupFact(p.name)),
      checkGroups(p, facts),
    ])
    if (!now.exists) return [create(p, ownGroup.exists)]
    if (p.uid !== undefined && now.uid !== undefined && now.uid !== p.uid)
      throw new Refusal(`user ${p.name} has the number ${now.uid}, not ${p.uid}`, {
        hint: 'What the old number owns would be lost. Change it by hand, with the files.',
      })
    const changed = modify(p.name, now, wanted(p, now))
    return changed ? [changed] : []
  },
})
