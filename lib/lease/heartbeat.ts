import type { Keeping } from './renew.ts'

/** The controller's time. */
export interface Time {
  /** Milliseconds; never goes back. */
  now(): number
  /** Keeps no process alive. Gives what calls it off. */
  after(ms: number, work: () => void): () => void
}

export const realTime: Time = {
  now: () => performance.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms).unref()
    return () => clearTimeout(timer)
  },
}

export interface Pulse {
  readonly seconds: number
  /** When what began the lease was sent. */
  readonly since: number
  readonly time: Time
  renew(): Promise<Keeping>
  /** Called once, and not after `stop`: another run has it, or it could not be renewed in time and why. */
  over(why: Keeping | Error): void
}

/** Milliseconds before a renewal that failed is tried again, at least. */
const SOON = 200

/** So late, in milliseconds, no timer is in a process that was awake. */
const LATE = 500

const SILENCE = 'the host does not answer'

/**
 * Renews a lease every third of it. One that fails is tried again until the lease must have run out, counted from when the last
 * good one was sent.
 */
export class Heartbeat {
  readonly #pulse: Pulse
  readonly #third: number
  #goodUntil: number
  #cancelNext = (): void => {}
  #cancelExpiry = (): void => {}
  #beat: { readonly sent: number; readonly ended: Promise<void> } | undefined
  #failure: Error | undefined
  #stopped = false
  /** A renewal was sent. */
  begun = false

  constructor(pulse: Pulse) {
    this.#pulse = pulse
    this.#third = (pulse.seconds * 1000) / 3
    this.#goodUntil = pulse.since + pulse.seconds * 1000
    this.#schedule(this.#third)
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#end()
    await this.#beat?.ended
  }

  #end(): void {
    this.#stopped = true
    this.#cancelNext()
    this.#cancelExpiry()
  }

  #schedule(ms: number): void {
    this.#cancelNext()
    this.#cancelNext = this.#pulse.time.after(ms, () => this.#begin())
    this.#expireIn(this.#goodUntil - this.#pulse.time.now())
  }

  #expireIn(ms: number): void {
    this.#cancelExpiry()
    this.#cancelExpiry = this.#pulse.time.after(Math.max(0, ms), () => this.#expired())
  }

  #begin(): void {
    this.begun = true
    const sent = this.#pulse.time.now()
    this.#beat = { sent, ended: this.#renew(sent) }
  }

  async #renew(sent: number): Promise<void> {
    const { renew, seconds, time } = this.#pulse
    try {
      const answer = await renew()
      this.#beat = undefined
      if (this.#stopped) return
      if (answer.word === 'lost') {
        this.#over(answer)
        return
      }
      this.#goodUntil = sent + seconds * 1000
      this.#failure = undefined
      this.#schedule(this.#third)
    } catch (error) {
      this.#beat = undefined
      if (this.#stopped) return
      this.#failure = error instanceof Error ? error : new Error(String(error))
      if (time.now() >= this.#goodUntil) this.#over(this.#failure)
      else this.#schedule(Math.max(SOON, this.#third / 4))
    }
  }

  #expired(): void {
    // This process was stopped, or the machine slept: the host has not been asked yet whether the lease is still there, or its
    // answer has not been read yet.
    const late = this.#pulse.time.now() - this.#goodUntil > LATE
    const asleep = late || (this.#beat ? this.#beat.sent >= this.#goodUntil : this.#failure === undefined)
    if (!asleep) {
      this.#over(this.#failure ?? new Error(SILENCE))
      return
    }
    this.#cancelNext()
    this.#failure = new Error(SILENCE)
    if (!this.#beat) this.#begin()
    this.#goodUntil = this.#pulse.time.now() + this.#third
    this.#expireIn(this.#third)
  }

  #over(why: Keeping | Error): void {
    this.#end()
    this.#pulse.over(why)
  }
}
