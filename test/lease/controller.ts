/**
 * A controller that a test can stop and kill: takes leases, runs fenced batches, and says on stdout, a line of JSON each, what
 * came of it. Orders come on stdin, a line of JSON each.
 */
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { Script } from '../../lib/command.ts'
import { connect } from '../../lib/connection/connect.ts'
import type { Connection } from '../../lib/connection/connection.ts'
import { isLeaseLost } from '../../lib/lease/fence.ts'
import { Leases } from '../../lib/lease/leases.ts'
import { leaseOwner } from '../../lib/lease/owner.ts'

const Settings = z.object({
  run: z.string(),
  seconds: z.number(),
  as: z.string().optional(),
  key: z.string(),
  knownHosts: z.string(),
  hosts: z.record(z.string(), z.string()),
})
export type Settings = z.output<typeof Settings>

const Order = z.discriminatedUnion('do', [
  z.object({ do: z.literal('take') }),
  z.object({ do: z.literal('batch'), host: z.string(), scripts: z.array(z.string()) }),
  z.object({ do: z.literal('release') }),
])
export type Order = z.output<typeof Order>

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const main = (settings: Settings): void => {
  const { run, seconds, as, key, knownHosts, hosts } = settings
  const connections = new Map<string, Promise<Connection>>()
  const connection = (name: string): Promise<Connection> => {
    const known = connections.get(name)
    if (known) return known
    const opening = connect({
      name,
      groups: [],
      vars: {},
      connection: {
        type: 'ssh',
        address: hosts[name] ?? '',
        user: 'admin',
        identityFiles: [key],
        knownHostsFile: knownHosts,
        sshConfigFile: 'none',
      },
    })
    connections.set(name, opening)
    return opening
  }
  const leases = new Leases(leaseOwner(run, 'test', 'lab'), {
    seconds,
    connect: connection,
    send: event => say({ said: event }),
    lost: error => say({ said: 'lost', message: error.message }),
  })
  const obey = async (order: Order): Promise<void> => {
    switch (order.do) {
      case 'take':
        await leases.takeAll(Object.keys(hosts).map(host => ({ host, as })))
        return say({ said: 'taken' })
      case 'batch': {
        const commands = order.scripts.map(script => leases.fence(order.host, { script: script as Script }))
        const outputs = await (await connection(order.host)).batch(commands, {
          ...(as !== undefined && { as }),
          onEnd: (index, output) => say({ said: 'end', index, code: output.code, fenced: isLeaseLost(output) }),
        })
        return say({ said: 'batch', codes: outputs.map(output => output?.code) })
      }
      case 'release':
        await leases.release()
        await Promise.all([...connections.values()].map(async one => (await one).close()))
        return say({ said: 'released' })
    }
  }
  createInterface({ input: process.stdin }).on('line', line => {
    obey(Order.parse(JSON.parse(line))).catch((error: unknown) =>
      say({ said: 'error', name: error instanceof Error ? error.name : '', message: String(error) }),
    )
  })
  say({ said: 'ready' })
}

if (process.argv[2]) main(Settings.parse(JSON.parse(process.argv[2])))
