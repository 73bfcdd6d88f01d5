import { randomBytes } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'
import type { Stage, Way } from './stage.ts'

/** How a connection ends, or does not. */
export const cuts = ['RST', 'FIN', 'silent drop', 'half-open', 'deaf controller', 'deaf host', 'garbage'] as const
export type Cut = (typeof cuts)[number]

export interface CuttingProxy {
  readonly way: Way
  /** Bytes that went through, both directions together. */
  bytes(): number
  /** Connections that were made. */
  count(): number
  /** Did it come to the cut? */
  struck(): boolean
  /** Nothing is cut any more; what hangs since the cut is ended. */
  heal(): void
  close(): Promise<void>
}

/**
 * TCP to a host's sshd, that is cut for good when so many bytes have gone through, the last chunk in its middle. What a chunk
 * has behind the cut is lost. Connections that are made later go through, unless `later` says no.
 *
 * RST: both ends are reset. FIN: both ends are told that nothing more comes. silent drop: nothing goes through any more, and
 * nobody is told. half-open: the controller is reset, the host is told nothing. deaf: one direction goes on. garbage: a silent
 * drop, and before it the controller is sent bytes that mean nothing.
 */
export const startCuttingProxy = async (
  to: Way,
  { after = Number.POSITIVE_INFINITY, how = 'RST' }: { after?: number; how?: Cut } = {},
): Promise<CuttingProxy> => {
  const sockets = new Set<Socket>()
  let [bytes, count, struck, healed] = [0, 0, false, false]
  const server = createServer({ allowHalfOpen: true }, controller => {
    count++
    const host = connect({ host: to.address, port: to.port, allowHalfOpen: true })
    const early = !struck && !healed
    const strike = (): void => {
      struck = true
      if (how === 'RST') host.resetAndDestroy()
      if (how === 'RST' || how === 'half-open') controller.resetAndDestroy()
      if (how === 'garbage') controller.write(randomBytes(64 * 1024))
      if (how === 'FIN') {
        controller.end()
        host.end()
      }
    }
    const blocked = (from: Socket): boolean => {
      if (!struck || !early) return false
      if (how === 'deaf controller') return from === host
      return how === 'deaf host' ? from === controller : true
    }
    for (const [from, into] of [
      [controller, host],
      [host, controller],
    ] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      from.on('data', (chunk: Buffer) => {
        if (blocked(from)) return
        const room = early && !struck && !healed ? after - bytes : Number.POSITIVE_INFINITY
        const strikes = chunk.length > room
        // In a direction that goes on, nothing is missing: that would be no TCP.
        const whole =
          !strikes || (how === 'deaf controller' ? from === controller : how === 'deaf host' && from === host)
        const through = whole ? chunk : chunk.subarray(0, Math.max(0, room))
        bytes += through.length
        const waiting = through.length > 0 && !into.write(through)
        if (strikes) strike()
        if (waiting && !blocked(from)) {
          from.pause()
          into.once('drain', () => from.resume())
        }
      })
      from.on('end', () => {
        if (!blocked(from) && !into.destroyed) into.end()
      })
      from.on('error', () => {
        if (!blocked(from)) into.destroy()
      })
      from.on('close', () => {
        sockets.delete(from)
        if (!blocked(from)) into.destroy()
      })
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    way: { address: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 },
    bytes: () => bytes,
    count: () => count,
    struck: () => struck,
    heal: () => {
      healed = true
      for (const socket of sockets) socket.destroy()
    },
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** One for each host of the stage; the cut, where one is given, is at the first. */
export const startProxies = async (stage: Stage, cut: Parameters<typeof startCuttingProxy>[1] = {}) => {
  const all = await Promise.all(
    stage.hosts.map(({ address }, i) => startCuttingProxy({ address, port: 22 }, i === 0 ? cut : {})),
  )
  return {
    all,
    ways: Object.fromEntries(stage.hosts.map(({ name }, i) => [name, all[i]!.way])),
    close: async (): Promise<void> => {
      await Promise.all(all.map(p => p.close()))
    },
  }
}
