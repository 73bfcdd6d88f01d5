import type { Host } from '../inventory/host.ts'
import type { Connection } from './connection.ts'
import { showHop, wayTo } from './hop.ts'
import { Keyring, type Prompt } from './keyring.ts'
import { Limiter } from './limiter.ts'
import { localTransport } from './local.ts'
import { Session } from './session.ts'
import { sshTransport } from './ssh.ts'

export interface ConnectOptions {
  /** Ends connecting. What is connected is ended by `close`. */
  readonly signal?: AbortSignal
  /** Asks a person, for a key's passphrase. Left out: nobody is asked, ever. */
  readonly prompt?: Prompt
  /** How many handshakes may run at once with one bastion, or one host. Left out: shared by the whole process, 8. */
  readonly limiter?: Limiter
  /** Passphrases that were given. Left out: shared by the whole process, so that each key is asked for once. */
  readonly keyring?: Keyring
  /** Left out: 10 s, and 3 of them without an answer. */
  readonly keepalive?: { readonly intervalMs: number; readonly count: number }
  /** Milliseconds within which a new shell must have answered. Left out: 20 s. */
  readonly shellTimeoutMs?: number
}

const handshakes = new Limiter(8)
const keys = new Keyring()

/**
 * Connects and logs in. No shell is opened yet: that travels with the first batch. Throws ConnectionError, and UsageError
 * for an ssh_config that asks for what is not supported.
 */
export const connect = async (host: Host, options: ConnectOptions = {}): Promise<Connection> => {
  const settings = host.connection
  const session = {
    shellTimeoutMs: options.shellTimeoutMs ?? 20_000,
    ...(settings.becomePassword && { becomePassword: settings.becomePassword }),
  }
  options.signal?.throwIfAborted()
  if (settings.type === 'local') return new Session(localTransport(host.name), session)
  const way = await wayTo(host.name, settings)
  const first = way[0]
  const transport = await (options.limiter ?? handshakes).run(first ? showHop(first) : '', () =>
    sshTransport(way, {
      keyring: options.keyring ?? keys,
      timeoutMs: settings.connectTimeoutMs ?? 20_000,
      keepalive: options.keepalive ?? { intervalMs: 10_000, count: 3 },
      ...(options.signal && { signal: options.signal }),
      ...(options.prompt && { prompt: options.prompt }),
    }),
  )
  return new Session(transport, session)
}
