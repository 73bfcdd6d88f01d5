import { isIPv6 } from 'node:net'
import type { SourceLocation } from '../errors.ts'
import type { Draft } from './draft.ts'
import { near } from './near.ts'
import { expandRanges } from './ranges.ts'
import type { Setting, Traced } from './traced.ts'

const isEmpty = (value: Traced): boolean => value.kind === 'scalar' && value.value === null

const describe = (value: Traced): string =>
  value.kind === 'map' ? 'a mapping' : value.kind === 'list' ? 'a list' : JSON.stringify(value.value)

/** The settings below a key; nothing is none, and anything else than a mapping is a problem. */
export const settingsOf = (draft: Draft, value: Traced, what: string): readonly Setting[] => {
  if (value.kind === 'map') return [...value.entries.values()]
  if (!isEmpty(value))
    draft.problems.push({
      message: `${what} must be a mapping, not ${describe(value)}`,
      at: value.at,
      hint: value.kind === 'list' ? 'Write NAME: on each line instead of - NAME.' : 'Write NAME: VALUE lines below it.',
    })
  return []
}

const hostNames = (draft: Draft, { name, at }: Setting): readonly string[] => {
  const names = expandRanges(name)
  if (typeof names === 'string') {
    draft.problems.push({ message: names, at })
    return []
  }
  const wrong = names.find(one => !/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(one) && !isIPv6(one))
  if (wrong === undefined) return names
  draft.problems.push({
    message: `${JSON.stringify(wrong)} cannot be the name of a host; expected letters, digits, and . _ -`,
    at,
    ...(/:\d+$/.test(wrong) && { hint: 'Set the port as ansible_port below the host.' }),
  })
  return []
}

const addHost = (draft: Draft, group: string, setting: Setting): void => {
  for (const name of hostNames(draft, setting)) {
    const host = draft.host(name, setting.at)
    draft.group(group, setting.at).hosts.add(name)
    host.settings.push(...settingsOf(draft, setting.value, `what is below the host ${setting.name}`))
  }
}

const parts = ['hosts', 'vars', 'children'] as const

const groupName = (draft: Draft, name: string, at: SourceLocation): boolean => {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) return true
  draft.problems.push({
    message: `${JSON.stringify(name)} cannot be the name of a group; expected letters, digits, and . _ -`,
    at,
  })
  return false
}

const addGroup = (draft: Draft, { name, at, value }: Setting, parent?: string): void => {
  if (!groupName(draft, name, at)) return
  if (parent !== undefined && name === 'all') {
    draft.problems.push({ message: 'the group all cannot be below another group', at })
    return
  }
  const group = draft.group(name, at)
  if (parent !== undefined) draft.group(parent, at).children.add(name)
  for (const part of settingsOf(draft, value, `the group ${name}`)) {
    if (part.name === 'hosts')
      for (const host of settingsOf(draft, part.value, `hosts of the group ${name}`)) addHost(draft, name, host)
    else if (part.name === 'vars') group.settings.push(...settingsOf(draft, part.value, `vars of the group ${name}`))
    else if (part.name === 'children')
      for (const child of settingsOf(draft, part.value, `children of the group ${name}`)) addGroup(draft, child, name)
    else
      draft.problems.push({
        message: `the group ${name} has an unknown key ${part.name}; expected hosts, vars or children`,
        at: part.at,
        hint: near(part.name, parts)[0]
          ? `Did you mean ${near(part.name, parts)[0]}?`
          : 'A group goes below children:, a host below hosts:, a var below vars:.',
      })
  }
}

/** One inventory file of Ansible's YAML shape: groups at the top, `all` first of all. */
export const addInventoryFile = (draft: Draft, root: Traced): void => {
  for (const group of settingsOf(draft, root, 'an inventory')) addGroup(draft, group)
}
