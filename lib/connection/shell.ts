import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { type Command, type ContentSource, type Output, stopsBatch } from '../command.ts'
import { BatonError } from '../errors.ts'
import type { Channel, Exit } from './channel.ts'
import { deferred } from './deferred.ts'
import { Exchange, type StreamName } from './exchange.ts'
import { request, stdinOf } from './frame.ts'
import { Kept } from './kept.ts'
import { pump } from './pump.ts'

/** The channel of a shell closed, so that what it was running may or may not have been done. */
export class ShellGone extends Error {
  override readonly name = 'ShellGone'
  readonly exit: Exit
  /** Nothing was begun: no mark was ever seen. */
  readonly unused: boolean
  constructor(exit: Exit, unused: boolean) {
    super('the shell is gone')
    this.exit = exit
    this.unused = unused
  }
}

export interface RunEvents {
  /** Something is waited for: one round trip. */
  trip(): void
  begin(index: number): void
  output(index: number, stream: StreamName, chunk: Buffer): void
  end(index: number, output: Output): void
}

const newNonce = (): string => `baton-${randomBytes(16).toString('hex')}`

/** How long a shell may take to end by itself once its stdin has ended, so that traps have run. Milliseconds. */
const farewellMs = 6000

/** One long-lived POSIX sh that reads requests from its stdin. One request at a time. */
export class Shell {
  readonly #channel: Channel
  readonly #noise = new Kept(4096)
  readonly #printed = new Kept(4096)
  readonly #gone = new AbortController()
  #exchange: Exchange | undefined
  #condemned = false
  /** The process id of the shell, once it has answered. */
  pid: number | undefined

  constructor(channel: Channel) {
    this.#channel = channel
    for (const stream of ['stdout', 'stderr'] as const)
      channel[stream].on('data', (chunk: Buffer) => {
        if (this.#exchange) this.#exchange.read(stream, chunk)
        else this.#heard(stream, chunk)
      })
    channel.stdin.on('error', () => {})
    channel.closed.then(
      exit => this.#gone.abort(new ShellGone(exit, this.pid === undefined)),
      () => {},
    )
  }

  get usable(): boolean {
    return !this.#gone.signal.aborted && !this.#condemned
  }

  /** What was printed outside all commands: the first 4 KiB. */
  get noise(): string {
    return this.#noise.bytes().toString().trim()
  }

  /** The part of it that came on stdout, where programs that speak over ssh expect nobody else. */
  get printed(): string {
    return this.#printed.bytes().toString().trim()
  }

  #heard(stream: StreamName, chunk: Buffer): void {
    this.#noise.add(chunk)
    if (stream === 'stdout') this.#printed.add(chunk)
  }

  /** Lets the shell end by itself, which it does at once when nothing runs in it. */
  async close(): Promise<void> {
    this.#channel.stdin.end()
    await this.#farewell()
    this.#channel.close()
  }

  async #farewell(): Promise<void> {
    await Promise.race([this.#channel.closed, setTimeout(farewellMs, undefined, { ref: false })])
  }

  /** No further request is sent: somebody is about to end what runs in the shell, and would end the next command with it. */
  condemn(): void {
    this.#condemned = true
  }

  /** Makes whatever is waited for fail with this error; the shell cannot be used any more. */
  abandon(error: Error): void {
    this.#gone.abort(error)
    this.#channel.close()
  }

  /**
   * Runs the commands in order. Fewer outputs than commands: one failed and `stopOnFailure` was set, or, when the shell is
   * not `usable` any more, it was given up by a command that left its content unread. Throws ShellGone, or what `abandon`
   * was given, and BatonError for content that is not what it said.
   */
  async run(commands: readonly Command[], stopOnFailure: boolean, events: RunEvents): Promise<Output[]> {
    this.#gone.signal.throwIfAborted()
    const outputs: Output[] = []
    while (outputs.length < commands.length && this.usable) {
      const from = outputs.length
      const next = commands.slice(from)
      const streamed = next.findIndex(command => stdinOf(command).type === 'stream')
      await this.#ask(next.slice(0, streamed < 0 ? next.length : Math.max(streamed, 1)), stopOnFailure, {
        ...events,
        begin: index => events.begin(from + index),
        output: (index, stream, chunk) => events.output(from + index, stream, chunk),
        end: (index, output) => {
          outputs.push(output)
          events.end(from + index, output)
        },
      })
      if (stopOnFailure && stopsBatch(commands[outputs.length - 1], outputs.at(-1))) break
    }
    return outputs
  }

  /** Either commands whose content is part of the text, or a single one whose content is streamed once the shell waits for it. */
  async #ask(commands: readonly Command[], stopOnFailure: boolean, events: RunEvents): Promise<void> {
    const gone = this.#gone.signal
    gone.throwIfAborted()
    const nonce = newNonce()
    const text = request(nonce, commands, stopOnFailure)
    const begun = deferred()
    const done = deferred()
    const settled = new AbortController()
    const fail = (): void => {
      begun.reject(gone.reason)
      done.reject(gone.reason)
    }
    gone.addEventListener('abort', fail, { once: true })
    this.#exchange = new Exchange(nonce, commands, {
      ...events,
      begin: (index, pid) => {
        this.pid = pid
        events.begin(index)
        begun.resolve()
      },
      end: (index, output) => {
        events.end(index, output)
        settled.abort()
      },
      done: () => done.resolve(),
      noise: (stream, chunk) => this.#heard(stream, chunk),
    })
    try {
      events.trip()
      this.#channel.stdin.write(text)
      const content = commands[0] && stdinOf(commands[0])
      if (content?.type === 'stream') {
        await begun.promise
        events.trip()
        if (!(await this.#send(content.source, settled.signal))) return
      }
      await done.promise
    } finally {
      gone.removeEventListener('abort', fail)
      this.#exchange = undefined
    }
  }

  /**
   * True when all was sent. False when the command ended before: the rest stays unsent, and the shell, which waits for it,
   * is given up.
   */
  async #send(source: Uint8Array | ContentSource, ended: AbortSignal): Promise<boolean> {
    try {
      await pump(source, this.#channel.stdin, AbortSignal.any([ended, this.#gone.signal]))
      return true
    } catch (error) {
      if (ended.aborted && !(error instanceof BatonError)) {
        this.abandon(new ShellGone({}, false))
        return false
      }
      this.#gone.signal.throwIfAborted()
      this.#channel.stdin.end()
      await this.#farewell()
      this.abandon(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }
}
