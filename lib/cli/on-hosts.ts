import type { ConnectOptions } from '../connection/connect.ts'
import type { Connection } from '../connection/connection.ts'
import { Limiter } from '../connection/limiter.ts'
import type { Host } from '../inventory/host.ts'
import { Turn } from '../report/turn.ts'
import { endOnInterrupt } from './end-on-interrupt.ts'
import { prompter } from './prompter.ts'
import type { Terminal } from './terminal.ts'

/** Loads what connects; a test gives another. */
export type LoadConnect = () => Promise<(host: Host, options: ConnectOptions) => Promise<Connection>>

/** Does something on every host, at most `forks` at once. Gives what came of it, in the order of the hosts. */
export const onHosts = async <T>(
  hosts: readonly Host[],
  forks: number,
  { terminal, loadConnect }: { readonly terminal: Terminal; readonly loadConnect: LoadConnect },
  work: (host: Host, connect: () => Promise<Connection>, signal: AbortSignal) => Promise<T>,
): Promise<{ readonly results: readonly T[]; readonly interrupted: boolean }> => {
  // Before the first signal can be: Ctrl-C also ends the compiler that tsx loads modules with.
  const connect = await loadConnect()
  const interrupt = endOnInterrupt(terminal)
  const { signal } = interrupt
  const prompt = prompter(terminal, new Turn(), interrupt.now)
  const limiter = new Limiter(forks)
  try {
    const results = await Promise.all(
      hosts.map(host =>
        limiter.run('', () => work(host, () => connect(host, { signal, ...(prompt && { prompt }) }), signal)),
      ),
    )
    return { results, interrupted: signal.aborted }
  } finally {
    interrupt.stop()
  }
}
