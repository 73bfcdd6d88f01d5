import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Event } from '../../lib/event.ts'
import { ownCheckout } from '../lab/names.ts'
import type { Fault } from './fault.ts'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly events: readonly Event[]
  readonly stderr: string
  /** The most memory that it had, in KiB. Source: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
  readonly mostKib: number
}

const highWater = (pid: number): number => {
  try {
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

const stopped = (pid: number): boolean => {
  try {
    return /^State:\tT/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** One run of Baton, in a process of its own, seen from outside. */
export class Controller {
  readonly child: ChildProcess
  readonly events: Event[] = []
  readonly ended: Promise<Ended>
  #over = false
  readonly #waiting = new Set<() => void>()

  constructor(argv: readonly string[], fault: Fault = {}) {
    this.child = spawn(process.execPath, ['--import=tsx', 'test/faults/controller.ts', ...argv, '-o', 'json'], {
      cwd: ownCheckout,
      env: { ...process.env, NO_COLOR: '1', BATON_FAULT: JSON.stringify(fault) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stderr, mostKib] = ['', 0]
    this.child.stderr?.on('data', (chunk: Buffer) => {
      if (stderr.length < 100_000) stderr += chunk.toString()
    })
    createInterface({ input: this.child.stdout! }).on('line', line => {
      if (line.startsWith('{')) this.events.push(read(line))
      this.#wake()
    })
    const pid = this.pid
    const look = setInterval(() => {
      mostKib = Math.max(mostKib, highWater(pid))
    }, 50)
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject)
      this.child.on('close', (code, signal) => {
        clearInterval(look)
        this.#over = true
        this.#wake()
        resolve({ code, signal, events: this.events, stderr, mostKib })
      })
    })
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  get over(): boolean {
    return this.#over
  }

  get stopped(): boolean {
    return stopped(this.pid)
  }

  /** Resolves to whether it came to that before the process ended. */
  async until(holds: (events: readonly Event[]) => boolean): Promise<boolean> {
    while (!holds(this.events)) {
      if (this.#over) return false
      await new Promise<void>(resolve => this.#waiting.add(resolve))
    }
    return true
  }

  signal(name: NodeJS.Signals): void {
    if (!this.#over) this.child.kill(name)
  }

  #wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resolve of waiting) resolve()
  }
}

/** The last line of a process that was killed may be cut off. */
const read = (line: string): Event => {
  try {
    return JSON.parse(line) as Event
  } catch {
    return { type: 'notice', text: line }
  }
}
