import { connect, createServer, type Socket } from 'node:net'

export interface Proxy {
  readonly port: number
  /** Connections that were made to it. */
  readonly count: () => number
  /** From now on nothing goes through, and nothing is closed: a network that swallows everything. */
  freeze(): void
  /** The same, after the client has been sent bytes that mean nothing. */
  garble(): void
  /** Ends all connections at once. */
  cut(): void
  close(): Promise<void>
}

/** TCP to a loopback port that a test can break. */
export const startProxy = async (to: number): Promise<Proxy> => {
  const sockets = new Set<Socket>()
  const clients = new Set<Socket>()
  let frozen = false
  let count = 0
  const server = createServer({ allowHalfOpen: true }, client => {
    count++
    clients.add(client)
    const backend = connect({ host: '127.0.0.1', port: to, allowHalfOpen: true })
    for (const [from, into] of [
      [client, backend],
      [backend, client],
    ] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      from.on('data', chunk => {
        if (!frozen && !into.write(chunk)) {
          from.pause()
          into.once('drain', () => from.resume())
        }
      })
      from.on('end', () => {
        if (!frozen) into.end()
      })
      from.on('error', () => into.destroy())
      from.on('close', () => sockets.delete(from))
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    count: () => count,
    freeze: () => {
      frozen = true
    },
    garble: () => {
      frozen = true
      for (const client of clients) if (!client.destroyed) client.write(Buffer.alloc(64 * 1024, 'x'))
    },
    cut,
    close: () =>
      new Promise(resolve => {
        cut()
        server.close(() => resolve())
      }),
  }
}
