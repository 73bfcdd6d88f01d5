import { userInfo } from 'node:os'
import { UsageError } from '../errors.ts'
import type { ConnectionSettings } from '../inventory/host.ts'
import type { Identity } from './authentication.ts'
import { type HostKeyQuestion, usualKnownHosts } from './host-keys.ts'
import { readSshConfig, type SshConfig } from './ssh-config.ts'

/** One sshd on the way, the last one being the host itself. */
export interface Hop {
  readonly address: string
  readonly port: number
  readonly identity: Identity
  readonly hostKey: HostKeyQuestion
}

export const showHop = ({ identity, address, port }: Hop): string =>
  `${identity.user}@${address.includes(':') ? `[${address}]` : address}:${port}`

type SshSettings = Extract<ConnectionSettings, { type: 'ssh' }>

interface Jump {
  readonly address: string
  readonly user?: string
  readonly port?: number
}

/** `[user@]host[:port]` or `ssh://...`, comma separated. Source: ssh_config(5), ProxyJump */
const parseJumps = (host: string, text: string): Jump[] =>
  text.split(',').map(part => {
    const [, user, bracketed, plain, port] =
      /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:@[\]]+))(?::(\d{1,5}))?\/?$/.exec(part.trim()) ?? []
    const address = bracketed ?? plain
    if (!address)
      throw new UsageError([{ message: `${host}: ProxyJump ${JSON.stringify(part)} is not [user@]host[:port]` }])
    return { address, ...(user !== undefined && { user }), ...(port !== undefined && { port: Number(port) }) }
  })

const agentOf = ({ identityAgent }: SshConfig): string | undefined =>
  identityAgent === 'none' ? undefined : (identityAgent ?? process.env.SSH_AUTH_SOCK)

const hopOf = (host: string, settings: SshSettings, config: SshConfig): Hop => ({
  address: config.hostName,
  port: settings.port ?? config.port ?? 22,
  identity: {
    user: settings.user ?? config.user ?? userInfo().username,
    files: (settings.identityFiles ?? config.identityFiles).filter(file => file !== 'none'),
    agent: agentOf(config),
    identitiesOnly: config.identitiesOnly,
  },
  hostKey: {
    host,
    name: config.hostKeyAlias ?? config.hostName,
    port: config.hostKeyAlias === undefined ? (settings.port ?? config.port ?? 22) : 22,
    files:
      settings.knownHostsFile !== undefined
        ? [settings.knownHostsFile]
        : [
            ...(config.userKnownHostsFiles ?? usualKnownHosts.user),
            ...(config.globalKnownHostsFiles ?? usualKnownHosts.global),
          ],
    policy: settings.hostKeyPolicy ?? 'strict',
  },
})

const mostHops = 8

/**
 * The way to a host: jump hosts first. Each jump host has its own settings in ssh_config; a jump host's own ProxyJump counts
 * for the first one only, as in OpenSSH. Throws UsageError for what cannot be followed.
 */
export const wayTo = async (host: string, settings: SshSettings, depth = 0): Promise<Hop[]> => {
  if (depth > mostHops)
    throw new UsageError([{ message: `${host}: more than ${mostHops} jump hosts, or one that jumps to itself` }])
  const config = await readSshConfig(settings.address, settings.user, settings.sshConfigFile)
  const target = hopOf(host, settings, config)
  const jumps = settings.proxyJump ?? config.proxyJump
  if (jumps === undefined || jumps === 'none') {
    if (settings.proxyJump === undefined && config.proxyCommand !== undefined && config.proxyCommand !== 'none')
      throw new UsageError([
        { message: `${host}: ssh_config sets ProxyCommand, which is not supported`, hint: 'Use ProxyJump instead.' },
      ])
    return [target]
  }
  const way: Hop[] = []
  for (const [i, jump] of parseJumps(host, jumps).entries()) {
    const { proxyJump: _, identityFiles, user: _user, port: _port, ...shared } = settings
    const hops = await wayTo(
      host,
      {
        ...shared,
        ...jump,
        ...(identityFiles !== undefined && { identityFiles }),
        ...(i > 0 && { proxyJump: 'none' }),
      },
      depth + 1,
    )
    way.push(...hops)
  }
  return [...way, target]
}
