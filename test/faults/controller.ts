/** Baton's own `main`, in a process that is ended or stopped at a given record of its journal. */
import { crashed } from '../../lib/cli/crashed.ts'
import { main } from '../../lib/cli/main.ts'
import { type Parts, parts } from '../../lib/cli/parts.ts'
import type { Recorder } from '../../lib/engine/run.ts'
import { EXIT } from '../../lib/errors.ts'
import type { Fault } from './fault.ts'

const { at, how, keepalive, says } = JSON.parse(process.env.BATON_FAULT ?? '{}') as Fault
let count = 0

const strike = (): void => {
  process.kill(process.pid, how === 'stop' ? 'SIGSTOP' : 'SIGKILL')
}

const faulty = (recorder: Recorder): Recorder => ({
  record(event) {
    const hit = ++count === at
    if (hit && how === 'kill before') strike()
    recorder.record(event)
    if (hit && how !== 'kill before') strike()
  },
  durable: () => recorder.durable(),
})

const replaced: Parts = {
  ...parts,
  run: (playbook, hosts, options) => {
    // A false success, for the test of the oracle.
    if (says === 'success') {
      return (async function* () {
        yield { type: 'summary' as const, exitCode: 0, hosts: {}, durationMs: 0 }
      })()
    }
    const { earlier, ...rest } = options
    return parts.run(playbook, hosts, {
      ...rest,
      ...(options.recorder && { recorder: faulty(options.recorder) }),
      ...(says === 'nothing of the past' ? { id: 'another' } : earlier && { earlier }),
    })
  },
  loadConnect: async () => {
    const connect = await parts.loadConnect()
    return (host, options) => connect(host, { ...options, ...(keepalive && { keepalive }) })
  },
}

process.on('uncaughtException', error => process.exit(crashed(error, process.stderr, EXIT.unreachable)))
process.exitCode = await main(process.argv.slice(2), process, replaced)
