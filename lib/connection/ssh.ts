import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { Client, ClientChannel } from 'ssh2'
import { ConnectionError } from '../errors.ts'
import { type Channel, type Exit, NoChannel, type Transport } from './channel.ts'
import { connectionFailure } from './failures.ts'
import { type Hop, showHop } from './hop.ts'
import { connectSocket, type LoginOptions, login } from './login.ts'
import { until, within } from './within.ts'

/** sshd allows 10 sessions a connection by default; two are left to others. */
const mostChannels = 8

/** Waits before a refused channel is asked for again. Milliseconds: a slot is free a moment after its channel has closed. */
const channelRetries = [30, 100, 250]

/** Waits before a connection that was dropped before its handshake (MaxStartups) is tried again, in milliseconds. */
const connectRetries = [300, 900, 2000]

const wrap = (stream: ClientChannel): Channel => ({
  stdin: stream,
  stdout: stream,
  stderr: stream.stderr,
  closed: new Promise<Exit>(resolve => {
    let exit: Exit = {}
    stream.once('exit', (code: number | null, signal?: string) => {
      exit = { ...(code !== null && { code }), ...(signal !== undefined && { signal }) }
    })
    stream.once('close', () => resolve(exit))
  }),
  close: () => {
    stream.end()
    stream.close()
  },
})

const exec = (client: Client, command: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    client.exec(command, (error, stream) => (error ? reject(error) : resolve(stream)))
  })

const forward = (client: Client, { address, port }: Hop, { timeoutMs, signal }: LoginOptions): Promise<Duplex> => {
  const stream = new Promise<Duplex>((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, address, port, (error, stream) => (error ? reject(error) : resolve(stream)))
  })
  const expired = (): Error => Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })
  return within(timeoutMs, expired, signal, either => until(stream, either, late => late.destroy()))
}

/** Only what happened before the handshake is tried again: nothing ran, and no key was judged or refused. */
const firstLogin = async (hop: Hop, options: LoginOptions): Promise<Client> => {
  let shaken = false
  const handshaken = (): void => {
    shaken = true
  }
  for (let attempt = 0; ; attempt++)
    try {
      return await login(hop, await connectSocket(hop, options), { ...options, handshaken })
    } catch (error) {
      const wait = connectRetries[attempt]
      const dropped = error instanceof ConnectionError && error.reason === 'lost' && !shaken && wait !== undefined
      if (!dropped || options.signal?.aborted) throw error
      await setTimeout(wait * (0.5 + Math.random()))
    }
}

/** Logs in at every hop, each with its own host key, through the one before. */
const loginAlong = async (way: readonly Hop[], options: LoginOptions): Promise<Client[]> => {
  const clients: Client[] = []
  for (const hop of way) {
    const before = clients.at(-1)
    try {
      clients.push(
        before ? await login(hop, await forward(before, hop, options), options) : await firstLogin(hop, options),
      )
    } catch (error) {
      for (const client of clients.reverse()) client.destroy()
      options.signal?.throwIfAborted()
      throw connectionFailure(hop.hostKey.host, showHop(hop), error)
    }
  }
  return clients
}

/** A host behind sshd, reached over the given hops. Throws ConnectionError. */
export const sshTransport = async (way: readonly Hop[], options: LoginOptions): Promise<Transport> => {
  const clients = await loginAlong(way, options)
  const client = clients.at(-1)
  const target = way.at(-1)
  if (!client || !target) throw new Error('a way without a host')
  const { host } = target.hostKey
  let lost: ConnectionError | undefined
  let channels = 0
  const closed = new Promise<void>(resolve => client.once('close', () => resolve()))
  client.on('error', error => {
    lost ??= connectionFailure(host, showHop(target), error)
  })
  client.on('close', () => {
    lost ??= new ConnectionError(host, 'lost', `${showHop(target)}: the connection was closed`)
  })
  const open = async (command: string): Promise<Channel> => {
    if (channels >= mostChannels) throw new NoChannel()
    channels++
    try {
      for (let attempt = 0; ; attempt++)
        try {
          if (lost) throw lost
          const channel = wrap(await exec(client, command))
          void channel.closed.then(() => channels--)
          return channel
        } catch (error) {
          if (lost) throw lost
          const { reason } = error as { reason?: unknown }
          if (reason === undefined) throw connectionFailure(host, showHop(target), error)
          const wait = channelRetries[attempt]
          if (wait === undefined) throw new NoChannel()
          await setTimeout(wait)
        }
    } catch (error) {
      channels--
      throw error
    }
  }
  return {
    host,
    user: target.identity.user,
    open,
    // It ends what an aborted run has left, so that run's signal is not for it.
    another: () => {
      const { signal: _, ...lasting } = options
      return sshTransport(way, lasting)
    },
    async close() {
      client.end()
      await Promise.race([closed, setTimeout(1000, undefined, { ref: false })])
      for (const each of clients.reverse()) each.destroy()
    },
  }
}
