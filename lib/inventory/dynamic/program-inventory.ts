import type { Draft } from '../draft.ts'
import { isHostName } from '../host-pattern.ts'
import { near } from '../near.ts'
import { isGroupName, settingsOf } from '../structure.ts'
import type { Setting, Traced } from '../traced.ts'
import { runProgram } from './program.ts'
import { readJson } from './read-json.ts'

const AT_ONCE = 4
const keys = ['hosts', 'vars', 'children']

/** The names of a list; anything else in it, or in its place, is a problem. */
const namesOf = (draft: Draft, value: Traced, what: string): readonly Extract<Traced, { kind: 'scalar' }>[] => {
  if (value.kind !== 'list') {
    draft.problems.push({ message: `${what} must be a list of names`, at: value.at })
    return []
  }
  return value.items.flatMap(item => {
    if (item.kind === 'scalar' && typeof item.value === 'string') return [item]
    draft.problems.push({ message: `${what} must be names, as text`, at: item.at })
    return []
  })
}

const addHosts = (draft: Draft, group: string, list: Traced): readonly string[] =>
  namesOf(draft, list, `hosts of the group ${group}`).flatMap(({ value, at }) => {
    const name = String(value)
    if (!isHostName(name)) {
      draft.problems.push({
        message: `${JSON.stringify(name)} cannot be the name of a host; expected letters, digits, and . _ -`,
        at,
      })
      return []
    }
    draft.host(name, at)
    draft.group(group, at).hosts.add(name)
    return [name]
  })

const addChildren = (draft: Draft, group: string, list: Traced): void => {
  for (const { value, at } of namesOf(draft, list, `children of the group ${group}`)) {
    const name = String(value)
    if (name === 'all') draft.problems.push({ message: 'the group all cannot be below another group', at })
    else if (isGroupName(draft, name, at)) {
      draft.group(name, at)
      draft.group(group, at).children.add(name)
    }
  }
}

/** One group of the list. Gives back its own hosts. */
const addGroup = (draft: Draft, { name, at, value }: Setting): readonly string[] => {
  if (!isGroupName(draft, name, at)) return []
  const group = draft.group(name, at)
  if (value.kind === 'list') return addHosts(draft, name, value)
  const settings = settingsOf(draft, value, `the group ${name}`)
  for (const { name: key, at: place } of settings)
    if (!keys.includes(key))
      draft.problems.push({
        message: `the group ${name} has an unknown key ${key}; expected hosts, vars or children`,
        at: place,
        ...(near(key, keys)[0] && { hint: `Did you mean ${near(key, keys)[0]}?` }),
      })
  const part = (key: string) => settings.find(setting => setting.name === key)?.value
  const [hosts, vars, children] = [part('hosts'), part('vars'), part('children')]
  if (vars) group.settings.push(...settingsOf(draft, vars, `vars of the group ${name}`))
  if (children) addChildren(draft, name, children)
  return hosts ? addHosts(draft, name, hosts) : []
}

interface Where {
  readonly cwd: string
  readonly timeoutMs: number
}

const ask = async (draft: Draft, file: string, args: readonly string[], where: Where): Promise<Traced | undefined> => {
  const source = [file, ...args].join(' ')
  const result = await runProgram(file, args, where)
  if ('wrong' in result) {
    draft.problems.push({ message: `${source} ${result.wrong}` })
    return undefined
  }
  // Of a host without vars, a program may say nothing.
  if (args[0] === '--host' && !result.stdout.trim()) return undefined
  return readJson(source, result.stdout, draft.problems)
}

/** `--host NAME` of each host, a few at a time. */
const askForEach = async (draft: Draft, file: string, hosts: readonly string[], where: Where): Promise<void> => {
  const answers = new Map<string, Traced | undefined>()
  const left = [...hosts]
  const worker = async (): Promise<void> => {
    for (let host = left.shift(); host !== undefined; host = left.shift()) {
      answers.set(host, await ask(draft, file, ['--host', host], where))
      // The next one would most likely fail in the same way.
      if (draft.problems.length) return
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  for (const host of hosts) {
    const vars = answers.get(host)
    if (vars) draft.hosts.get(host)?.settings.push(...settingsOf(draft, vars, `vars of the host ${host}`))
  }
}

/**
 * Asks a program for its inventory: `--list` prints groups as JSON, with the vars of all hosts below `_meta.hostvars`; only
 * where that is missing, `--host NAME` is asked for each host.
 * Source: https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html#developing-inventory-scripts
 */
export const addProgram = async (draft: Draft, file: string, where: Where): Promise<void> => {
  const root = await ask(draft, file, ['--list'], where)
  if (!root) return
  if (root.kind !== 'map') {
    draft.problems.push({ message: 'expected an object of groups', at: root.at })
    return
  }
  const hosts = new Set<string>()
  let hostVars: Traced | undefined
  for (const group of root.entries.values()) {
    if (group.name === '_meta')
      hostVars = settingsOf(draft, group.value, '_meta').find(({ name }) => name === 'hostvars')?.value
    else for (const host of addGroup(draft, group)) hosts.add(host)
  }
  if (!hostVars) {
    if (!draft.problems.length) await askForEach(draft, file, [...hosts], where)
    return
  }
  // As in Ansible, vars of a host that no group has are left alone.
  for (const { name, value } of settingsOf(draft, hostVars, '_meta.hostvars'))
    if (hosts.has(name)) draft.hosts.get(name)!.settings.push(...settingsOf(draft, value, `vars of the host ${name}`))
}
