import { readdir, readFile } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import SSHConfig from 'ssh-config'
import { matchesPattern } from './patterns.ts'

/** What ssh_config says about one host, tokens and `~` expanded. */
export interface SshConfig {
  readonly hostName: string
  readonly user: string | undefined
  readonly port: number | undefined
  readonly identityFiles: readonly string[]
  /** Only these keys are offered, whatever else an agent holds. */
  readonly identitiesOnly: boolean
  /** A socket. `none`: no agent. Undefined: SSH_AUTH_SOCK. */
  readonly identityAgent: string | undefined
  readonly proxyJump: string | undefined
  readonly proxyCommand: string | undefined
  readonly userKnownHostsFiles: readonly string[] | undefined
  readonly globalKnownHostsFiles: readonly string[] | undefined
  /** The name under which the host's key is looked for. */
  readonly hostKeyAlias: string | undefined
}

interface Directive {
  readonly name: string
  readonly values: readonly string[]
}

interface Question {
  readonly host: string
  readonly user: string | undefined
}

const deepest = 16

const read = async (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return ''
    throw error
  })

/** Wildcards in the last part of a path, as `Include conf.d/*` has them. */
const expandGlob = async (pattern: string): Promise<string[]> => {
  const name = basename(pattern)
  if (!/[*?]/.test(name)) return [pattern]
  const names = await readdir(dirname(pattern)).catch(() => [])
  return names
    .filter(entry => !entry.startsWith('.') && matchesPattern(entry, name))
    .sort()
    .map(entry => join(dirname(pattern), entry))
}

const home = (path: string): string => (path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path)

const unquote = (value: string): string => /^"(.*)"$/.exec(value)?.[1] ?? value

type Line = SSHConfig[number]

const valuesOf = (line: Line): string[] => {
  if (line.type !== SSHConfig.DIRECTIVE) return []
  return typeof line.value === 'string' ? [unquote(line.value)] : line.value.map(({ val }) => unquote(val))
}

/** Whether a `Host` or `Match` applies, as the library decides it: it is asked about a section with one known line. */
const applies = (section: Line, { host, user }: Question, known: readonly Directive[]): boolean => {
  const hostName = known.find(({ name }) => name === 'hostname')?.values[0]?.replaceAll('%h', host)
  const header = SSHConfig.stringify(new SSHConfig(section)).trimStart().split('\n', 1)[0] ?? ''
  const probe = SSHConfig.parse(`${hostName ? `HostName ${hostName}\n` : ''}${header}\n  Tag yes\n`)
  const asUser = user ?? known.find(({ name }) => name === 'user')?.values[0]
  return probe.compute(asUser === undefined ? { Host: host } : { Host: host, User: asUser }).Tag !== undefined
}

/** The directives that apply, in order. `Include` is read where it stands, and only inside sections that apply. */
const directives = async (
  lines: Iterable<Line>,
  folder: string,
  question: Question,
  known: Directive[],
  depth: number,
): Promise<void> => {
  for (const line of lines) {
    if (line.type !== SSHConfig.DIRECTIVE) continue
    const name = line.param.toLowerCase()
    if ('config' in line) {
      if (applies(line, question, known)) await directives(line.config, folder, question, known, depth)
    } else if (name === 'include') {
      if (depth === deepest) throw new Error(`Include is nested more than ${deepest} deep`)
      for (const pattern of valuesOf(line).flatMap(value => value.split(/\s+/)))
        for (const file of await expandGlob(resolve(folder, home(pattern))))
          await directives(SSHConfig.parse(await read(file)), folder, question, known, depth + 1)
    } else known.push({ name, values: valuesOf(line) })
  }
}

/** Source: ssh_config(5), TOKENS, https://man.openbsd.org/ssh_config.5#TOKENS */
const expandTokens = (text: string, tokens: Readonly<Record<string, string>>): string =>
  text.replace(/%(.)/g, (all, letter: string) => tokens[letter] ?? all)

/**
 * What the files say about a host; the first value wins, as ssh_config(5) has it, and IdentityFile adds up. `file`: read
 * instead of ~/.ssh/config and /etc/ssh/ssh_config; `none`: nothing is read. `user`: from the inventory, it wins.
 */
export const readSshConfig = async (host: string, user?: string, file?: string): Promise<SshConfig> => {
  const known: Directive[] = []
  const files = file === undefined ? [join(homedir(), '.ssh/config'), '/etc/ssh/ssh_config'] : [home(file)]
  if (file !== 'none')
    for (const path of files) {
      const folder = path.startsWith('/etc/ssh/') ? '/etc/ssh' : join(homedir(), '.ssh')
      await directives(SSHConfig.parse(await read(path)), folder, { host, user }, known, 0)
    }
  const all = (name: string): readonly string[] | undefined => known.find(entry => entry.name === name)?.values
  const one = (name: string): string | undefined => all(name)?.[0]
  const hostName = expandTokens(one('hostname') ?? host, { h: host, '%': '%' })
  const remoteUser = user ?? one('user')
  const port = one('port') === undefined ? undefined : Number(one('port'))
  const local = userInfo()
  const tokens = {
    '%': '%',
    d: homedir(),
    h: hostName,
    n: host,
    p: String(port ?? 22),
    r: remoteUser ?? local.username,
    u: local.username,
  }
  const path = (value: string): string => (value === 'none' ? value : home(expandTokens(value, tokens)))
  const paths = (name: string): readonly string[] | undefined =>
    all(name)
      ?.flatMap(value => value.split(/\s+/))
      .map(path)
  const agent = one('identityagent')
  return {
    hostName,
    user: one('user'),
    port,
    identityFiles: known.filter(({ name }) => name === 'identityfile').flatMap(({ values }) => values.map(path)),
    identitiesOnly: one('identitiesonly')?.toLowerCase() === 'yes',
    identityAgent: agent === 'SSH_AUTH_SOCK' ? undefined : agent && path(agent),
    proxyJump: one('proxyjump'),
    proxyCommand: all('proxycommand')?.join(' '),
    userKnownHostsFiles: paths('userknownhostsfile'),
    globalKnownHostsFiles: paths('globalknownhostsfile'),
    hostKeyAlias: one('hostkeyalias'),
  }
}
