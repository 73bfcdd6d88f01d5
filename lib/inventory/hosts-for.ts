import { homedir } from 'node:os'
import type { z } from 'zod'
import { type Problem, type SourceLocation, UsageError } from '../errors.ts'
import { Secret, SHORTEST_SECRET } from '../secret.ts'
import { batonWay, isIgnoredName, isRefusedName } from './ansible-vars.ts'
import { checkVars } from './check-vars.ts'
import { connectionNames, connectionSettings, connectionVars, sameVars, tooShort } from './connection-vars.ts'
import { effective } from './effective.ts'
import { Findings } from './findings.ts'
import type { Host } from './host.ts'
import type { Inventory, InventoryHost } from './inventory.ts'
import { keepSecrets } from './kept-secret.ts'
import { near, suggest } from './near.ts'
import { problemAt, settled, showPlace } from './place.ts'
import type { Setting } from './traced.ts'

/** What of a playbook decides which hosts take part and what their vars must be. */
export interface HostRequest<S extends z.ZodType> {
  readonly name: string
  readonly groups: readonly string[]
  readonly vars: S
  readonly at?: SourceLocation
}

export interface HostOptions {
  readonly extraVars?: ReadonlyMap<string, Setting>
  /** Relative paths are relative to it. Left out: the working directory of this process. */
  readonly cwd?: string
  readonly home?: string
}

const isConnection = (name: string): boolean => connectionNames.includes(name)

/** Ansible's vars that mean nothing here are let through, but not a misspelling of one that does. */
const isIgnored = (name: string): boolean =>
  isIgnoredName(name) ||
  (name.startsWith('ansible_') &&
    !isConnection(name) &&
    !isRefusedName(name) &&
    near(name, connectionNames).length === 0)

const freeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || value instanceof Secret) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value
  for (const part of Object.values(value)) freeze(part)
  return Object.freeze(value)
}

const groupProblems = (inventory: Inventory, request: HostRequest<z.ZodType>): readonly Problem[] => {
  const files = inventory.files.join(', ')
  const missing = request.groups.filter(group => group !== 'all' && !inventory.groups.has(group))
  if (!missing.length && !request.groups.some(group => inventory.groups.get(group)?.hosts.length))
    return [
      {
        message: `the playbook "${request.name}" is for ${request.groups.join(', ')}; ${files} has no host in it`,
        ...(request.at && { at: request.at }),
      },
    ]
  return missing.map(group => {
    const close = near(group, inventory.groups.keys())
    const places = close.map(name => `${name} at ${showPlace(inventory.groups.get(name)!.at)}`)
    return {
      message: `the playbook "${request.name}" is for the group ${group}, which ${files} does not have`,
      ...(request.at && { at: request.at }),
      ...(close.length ? { hint: `Did you mean ${places.join(' or ')}?` } : suggest(group, inventory.groups.keys())),
    }
  })
}

/**
 * The hosts of the playbook's groups, in inventory order, with vars that its schema has checked. Throws one UsageError with
 * everything that is wrong with any of them.
 */
export const hostsFor = <S extends z.ZodType>(
  inventory: Inventory,
  request: HostRequest<S>,
  options: HostOptions = {},
): Host<z.output<S>>[] => {
  const problems = groupProblems(inventory, request)
  const findings = new Findings()
  const places = { cwd: options.cwd ?? process.cwd(), home: options.home ?? homedir() }
  const everybody = request.groups.includes('all')
  const takesPart = (host: InventoryHost) => everybody || host.groups.some(group => request.groups.includes(group))

  const hosts: Host<z.output<S>>[] = []
  for (const host of inventory.hosts.values()) {
    if (!takesPart(host)) continue
    const { settings, conflicts } = effective(inventory, host, options.extraVars ?? new Map(), name => !isIgnored(name))
    for (const problem of conflicts) findings.add(host.name, settled(problem))
    const connectionLike = (name: string) => isConnection(name) || name.startsWith('ansible_')
    const part = (own: boolean) =>
      new Map([...settings].filter(([name]) => connectionLike(name) === own && !isRefusedName(name)))
    for (const { name, at, value } of settings.values()) {
      const way = batonWay(name, value)
      if (way) findings.add(host.name, problemAt(at, `${name} is Ansible's, and means nothing here`, way))
    }
    const connection = checkVars(
      { schema: connectionVars, host, settings: part(true), kind: 'a var of a connection', others: [] },
      findings,
    )
    const checked = checkVars(
      {
        schema: request.vars,
        host,
        settings: part(false),
        kind: `a var of the playbook "${request.name}"`,
        ...(request.at && { at: request.at }),
        others: connectionNames.filter(name => !name.startsWith('ansible_')),
      },
      findings,
    )
    const vars = checked && keepSecrets(checked, request.vars, part(false), host, findings)
    for (const [name, other] of sameVars) {
      const one = settings.get(name)
      if (one && settings.has(other))
        findings.add(host.name, problemAt(one.at, `${name} and ${other} are the same`, 'Remove one of them.'))
    }
    if (connection)
      hosts.push(
        Object.freeze({
          name: host.name,
          groups: Object.freeze(everybody ? ['all', ...host.groups] : [...host.groups]),
          vars: freeze(vars) as z.output<S>,
          connection: connectionSettings(host.name, connection, places),
        }),
      )
  }
  const all = [...problems, ...findings.problems()]
  if (all.length) throw new UsageError(all)
  return hosts
}

/** The same hosts, with sudo's password for those that the inventory gives none. UsageError: too short to be masked. */
export const withBecomePassword = <V>(hosts: readonly Host<V>[], becomePassword: Secret): Host<V>[] => {
  if (becomePassword.reveal().length < SHORTEST_SECRET)
    throw new UsageError([{ message: `sudo's password ${tooShort}` }])
  return hosts.map(host =>
    host.connection.becomePassword
      ? host
      : Object.freeze({ ...host, connection: Object.freeze({ ...host.connection, becomePassword }) }),
  )
}
