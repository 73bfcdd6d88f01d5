import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ports } from '../layout.ts'
import type { Log } from './log.ts'
import { Refusal } from './refusal.ts'

/** One HTTP server for each port of the real one. */
export interface Listeners {
  readonly ports: Readonly<Record<keyof typeof ports, number>>
  /** Lets requests in flight end, then cuts what is left after `limit` milliseconds. */
  close(limit: number, log: Log): Promise<void>
}

/** Port 0 takes a free one. Throws a Refusal when a port is taken. */
export async function listen(wanted: Listeners['ports'], listener: RequestListener): Promise<Listeners> {
  const names = Object.keys(wanted) as (keyof typeof ports)[]
  const servers = new Map<keyof typeof ports, Server>()
  const bound = { ...wanted }
  try {
    for (const name of names) {
      const server = createServer({ requestTimeout: 0 }, listener)
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(wanted[name], resolve))
      servers.set(name, server)
      bound[name] = (server.address() as AddressInfo).port
    }
  } catch (error) {
    for (const server of servers.values()) server.close()
    throw new Refusal(`cannot listen: ${error instanceof Error ? error.message : String(error)}`)
  }
  return { ports: bound, close: (limit, log) => closeAll([...servers.values()], limit, log) }
}

async function closeAll(servers: Server[], limit: number, log: Log): Promise<void> {
  const closed = Promise.all(servers.map(server => new Promise<void>(resolve => server.close(() => resolve()))))
  // A connection that was busy becomes idle, and would stay, when its answer is out.
  const idle = setInterval(() => {
    for (const server of servers) server.closeIdleConnections()
  }, 20)
  const timer = setTimeout(() => {
    log.warn(`requests were still in flight after ${limit} ms: cut`)
    for (const server of servers) server.closeAllConnections()
  }, limit)
  await closed
  clearTimeout(timer)
  clearInterval(idle)
}
