import type { SourceLocation } from '../errors.ts'
import type { Draft } from './draft.ts'
import { type HostPattern, parseHostPattern } from './host-pattern.ts'
import { near } from './near.ts'
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

/** The hosts that an entry means; none, and a problem, where it means nothing. */
export const hostsOfEntry = (draft: Draft, text: string, at: SourceLocation): HostPattern => {
  const found = parseHostPattern(text)
  if ('names' in found) return found
  draft.problems.push({ message: found.wrong, at })
  return { names: [] }
}

/** A port that stands behind a host's name, as the var that it is. */
export const portSetting = (port: number | undefined, at: SourceLocation): readonly Setting[] =>
  port === undefined
    ? []
    : [{ name: 'ansible_port', at, value: { kind: 'scalar', at, value: port, text: String(port) } }]

const addHost = (draft: Draft, group: string, setting: Setting): void => {
  const { names, port } = hostsOfEntry(draft, setting.name, setting.at)
  const settings = settingsOf(draft, setting.value, `what is below the host ${setting.name}`)
  for (const name of names) {
    const host = draft.host(name, setting.at)
    draft.group(group, setting.at).hosts.add(name)
    host.settings.push(...portSetting(port, setting.at), ...settings)
  }
}

/** As in Ansible, `hosts: web1` is short for a mapping of that one name. */
const namesBelow = (draft: Draft, { value, at }: Setting, what: string): readonly Setting[] =>
  value.kind === 'scalar' && typeof value.value === 'string'
    ? [{ name: value.value, at: value.at, value: { kind: 'scalar', at, value: null, text: '' } }]
    : settingsOf(draft, value, what)

const parts = ['hosts', 'vars', 'children'] as const

/** Whether a group can be called so; what is wrong is added to the problems. */
export const isGroupName = (draft: Draft, name: string, at: SourceLocation): boolean => {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)) return true
  draft.problems.push({
    message: `${JSON.stringify(name)} cannot be the name of a group; expected letters, digits, and . _ -`,
    at,
  })
  return false
}

const addGroup = (draft: Draft, { name, at, value }: Setting, parent?: string): void => {
  if (!isGroupName(draft, name, at)) return
  if (parent !== undefined && name === 'all') {
    draft.problems.push({ message: 'the group all cannot be below another group', at })
    return
  }
  const group = draft.group(name, at)
  if (parent !== undefined) draft.group(parent, at).children.add(name)
  for (const part of settingsOf(draft, value, `the group ${name}`)) {
    if (part.name === 'hosts')
      for (const host of namesBelow(draft, part, `hosts of the group ${name}`)) addHost(draft, name, host)
    else if (part.name === 'vars') group.settings.push(...settingsOf(draft, part.value, `vars of the group ${name}`))
    else if (part.name === 'children')
      for (const child of namesBelow(draft, part, `children of the group ${name}`)) addGroup(draft, child, name)
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
  const plugin = root.kind === 'map' ? root.entries.get('plugin') : undefined
  if (plugin?.value.kind === 'scalar' && plugin.value.value !== null) {
    draft.problems.push({
      message: `the file configures the inventory plugin ${plugin.value.text}; plugins are not run here`,
      at: plugin.at,
      hint: 'Give a program or a TypeScript module in its place. ansible-inventory -i FILE --list is such a program.',
    })
    return
  }
  for (const group of settingsOf(draft, root, 'an inventory')) addGroup(draft, group)
}
