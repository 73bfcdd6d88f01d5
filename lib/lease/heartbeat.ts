import type { Keeping } from './renew.ts'

export interface Pulse {
  readonly seconds: number
  /** When what began the lease was sent, by `performance.now()`. */
  readonly since: number
  renew(): Promise<Keeping>
  /** Called once, and not after `stop`: another run has it, or it could not be renewed in time and why. */
  over(why: Keeping | Error): void
}

/** Milliseconds before a renewal that failed is tried again, at least. */
const SOON = 200

/**
 * Renews a lease every third of it. One that fails is tried again until the lease must have run out, counted from when the last
 * good one was sent, by this machine's monotonic clock. Its timers keep no process alive.
 */
export class Heartbeat {
  readonly #pulse: Pulse
  #goodUntil: number
  #next: NodeJS.Timeout | undefined
  #expiry: NodeJS.Timeout | undefined
  #beat: { readonly sent: number; readonly ended: Promise<void> } | undefined
  #failure: Error | undefined
  #stopped = false
  /** It was renewed, or that was tried. */
  begun = false

  constructor(pulse: Pulse) {
    this.#pulse = pulse
    this.#goodUntil = pulse.since + pulse.seconds * 1000
    this.#schedule(this.#third)
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#end()
    await this.#beat?.ended
  }

  get #third(): number {
    return (this.#pulse.seconds * 1000) / 3
  }

  #end(): void {
    this.#stopped = true
    clearTimeout(this.#next)
    clearTimeout(this.#expiry)
  }

  #schedule(ms: number): void {
    clearTimeout(this.#next)
    this.#next = setTimeout(() => this.#begin(), ms).unref()
    this.#expireIn(this.#goodUntil - performance.now())
  }

  #expireIn(ms: number): void {
    clearTimeout(this.#expiry)
    this.#expiry = setTimeout(() => this.#expired(), Math.max(0, ms)).unref()
  }

  #begin(): void {
    this.begun = true
    const sent = performance.now()
    this.#beat = { sent, ended: this.#renew(sent) }
  }

  async #renew(sent: number): Promise<void> {
    try {
      const answer = await this.#pulse.renew()
      this.#beat = undefined
      if (this.#stopped) return
      if (answer.word === 'lost') {
        this.#over(answer)
        return
      }
      this.#goodUntil = sent + this.#pulse.seconds * 1000
      this.#failure = undefined
      this.#schedule(this.#third)
    } catch (error) {
      this.#beat = undefined
      if (this.#stopped) return
      this.#failure = error instanceof Error ? error : new Error(String(error))
      if (performance.now() >= this.#goodUntil) this.#over(this.#failure)
      else this.#schedule(Math.max(SOON, this.#third / 4))
    }
  }

  #expired(): void {
    // This process itself was stopped, or the machine slept: nobody has asked the host yet whether the lease is still there.
    const late = this.#beat ? this.#beat.sent >= this.#goodUntil : this.#failure === undefined
    if (!late) {
      this.#over(this.#failure ?? new Error('the host does not answer'))
      return
    }
    if (!this.#beat) this.#begin()
    this.#goodUntil = performance.now()
    this.#failure = new Error('the host does not answer')
    this.#expireIn(this.#third)
  }

  #over(why: Keeping | Error): void {
    this.#end()
    this.#pulse.over(why)
  }
}
