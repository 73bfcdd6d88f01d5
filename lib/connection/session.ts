import { type Command, type Output, stopsBatch } from '../command.ts'
import { BatonError, ConnectionError, DeadlineError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { showCommand } from '../show-command.ts'
import { becomeFailure, openAs, type Sudo } from './become.ts'
import { type Channel, NoChannel, type Transport } from './channel.ts'
import type { BatchOptions, Connection } from './connection.ts'
import { endProcesses } from './end-processes.ts'
import { quote, UnquotableError } from './quote.ts'
import { Shell, ShellGone } from './shell.ts'
import { Turns } from './turns.ts'
import { until, within } from './within.ts'

export interface SessionSettings {
  readonly becomePassword?: Secret
  /** Milliseconds within which a new shell must have answered for the first time. */
  readonly shellTimeoutMs: number
}

const defaultTimeoutMs = 10 * 60 * 1000

const nameOf = ({ script, wraps, shown }: Command): string => {
  if (wraps) return nameOf(wraps)
  if (shown !== undefined) return `command \`${shown}\``
  const line = script.trim().split('\n', 1)[0] ?? ''
  return `command \`${line.length > 60 ? `${line.slice(0, 60)}...` : line}\``
}

const checkArguments = (commands: readonly Command[]): void => {
  for (const command of commands)
    for (const arg of command.args ?? [])
      try {
        quote(arg)
      } catch (cause) {
        if (!(cause instanceof UnquotableError)) throw cause
        throw new BatonError(`${nameOf(command)} has an argument that no shell takes: ${cause.message}`, { cause })
      }
}

/** Whose shell it is, and what for. */
interface Place {
  readonly user: string
  readonly channel: BatchOptions['channel']
}

/** A user name of a host holds no line feed. */
const keyOf = ({ user, channel }: Place): string => (channel ? `${user}\n${channel}` : user)

/** One framed shell a user, and one more for leases, over whatever starts programs on the host. */
export class Session implements Connection {
  readonly #transport: Transport
  readonly #settings: SessionSettings
  readonly #shells = new Map<string, Shell>()
  readonly #turns = new Turns()
  /** Where the host allows one program a connection, the shell for leases has a connection of its own. */
  #spare: Transport | undefined
  #trips = 0
  #passwordRefusal: ConnectionError | undefined
  #closed = false

  constructor(transport: Transport, settings: SessionSettings) {
    this.#transport = transport
    this.#settings = settings
  }

  get host(): string {
    return this.#transport.host
  }

  get roundTrips(): number {
    return this.#trips
  }

  get noise(): string | undefined {
    const all = new Set([...this.#shells.values()].map(shell => shell.printed).filter(text => text !== ''))
    return all.size > 0 ? [...all].join('\n') : undefined
  }

  async batch(commands: readonly Command[], options: BatchOptions = {}): Promise<readonly (Output | undefined)[]> {
    checkArguments(commands)
    if (commands.length === 0) return []
    const place = { user: options.as ?? this.#transport.user, channel: options.channel }
    return this.#turns.take(keyOf(place), async () => {
      const outputs: Output[] = []
      while (outputs.length < commands.length) {
        options.signal?.throwIfAborted()
        const from = outputs.length
        const shell = await this.#shell(place, options.signal)
        options.signal?.throwIfAborted()
        outputs.push(
          ...(await this.#run(shell, place.user, commands.slice(from), {
            ...options,
            onOutput: (index, stream, chunk) => options.onOutput?.(from + index, stream, chunk),
            onEnd: (index, output) => options.onEnd?.(from + index, output),
          })),
        )
        if (options.stopOnFailure && stopsBatch(commands[outputs.length - 1], outputs.at(-1))) break
      }
      return commands.map((_, i) => outputs[i])
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const shell of this.#shells.values()) shell.abandon(this.#lost('the connection was closed'))
    this.#shells.clear()
    await Promise.all([this.#transport.close(), this.#spare?.close()])
  }

  async #run(
    shell: Shell,
    user: string,
    commands: readonly Command[],
    { stopOnFailure = false, signal, channel, onOutput, onEnd }: BatchOptions,
  ): Promise<Output[]> {
    let timer: NodeJS.Timeout | undefined
    let stopped: { readonly error: Promise<Error>; readonly ends: number } | undefined
    let ends = 0
    const stop = (error: Error): void => {
      clearTimeout(timer)
      if (stopped) return
      shell.condemn()
      stopped = { error: this.#end(shell, user, error), ends }
    }
    const watch = (index: number): void => {
      clearTimeout(timer)
      const command = commands[index]
      if (!command || stopped) return
      const ms = command.timeoutMs ?? defaultTimeoutMs
      timer = setTimeout(() => stop(new DeadlineError(showCommand(command), ms)), ms)
    }
    const aborted = (): void => stop(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
    signal?.addEventListener('abort', aborted, { once: true })
    if (shell.pid === undefined)
      timer = setTimeout(() => stop(this.#silent('lost', shell, user)), this.#settings.shellTimeoutMs)
    else watch(0)
    try {
      const outputs = await shell.run(commands, stopOnFailure, {
        trip: () => {
          if (!channel) this.#trips++
        },
        begin: watch,
        output: (index, stream, chunk) => onOutput?.(index, stream, chunk),
        end: (index, output) => {
          ends++
          onEnd?.(index, output)
          watch(index + 1)
        },
      })
      // The end of a deadline that came a moment too late is waited for all the same, so that it meets no later command.
      const error = await stopped?.error
      const whole = outputs.length === commands.length
      if (error && !whole && !(stopOnFailure && stopsBatch(commands[outputs.length - 1], outputs.at(-1)))) throw error
      return outputs
    } catch (error) {
      if (stopped) {
        const cause = await stopped.error
        if (!(cause instanceof DeadlineError) || ends === stopped.ends) throw cause
        // The one that was too slow has ended by itself meanwhile: what was ended is one behind it.
        throw new ConnectionError(this.host, 'lost', 'a command was ended by the deadline of the one before it', {
          cause,
        })
      }
      throw error instanceof ShellGone ? this.#explain(error, shell, user) : error
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', aborted)
    }
  }

  async #shell(place: Place, signal: AbortSignal | undefined): Promise<Shell> {
    const key = keyOf(place)
    const open = this.#shells.get(key)
    if (open?.usable) return open
    if (this.#closed) throw this.#lost('the connection was closed')
    const opened = place.channel ? this.#openBeside(place.user, signal) : this.#open(place.user, signal)
    const shell = new Shell(await opened)
    this.#shells.set(key, shell)
    return shell
  }

  /** Where the host allows no further channel, other shells that have nothing to do make room. */
  async #open(user: string, signal: AbortSignal | undefined): Promise<Channel> {
    for (;;)
      try {
        return await this.#start(this.#transport, user, signal)
      } catch (error) {
        if (!(error instanceof NoChannel)) throw error
        if (!(await this.#makeRoom()))
          throw this.#lost('the host allows no further channel', 'Raise MaxSessions in its sshd_config.')
      }
  }

  async #makeRoom(): Promise<boolean> {
    const forLease = (key: string): boolean => key.endsWith('\nlease')
    const here = [...this.#shells].filter(([key, shell]) => shell.usable && !(this.#spare && forLease(key)))
    const idle = here.find(([key]) => !this.#turns.taken(key))
    // A renewal takes a moment, so it is worth waiting for.
    const [key, shell] = idle ?? here.find(([key]) => forLease(key)) ?? []
    if (key === undefined || !shell) return false
    await this.#turns.take(key, async () => {
      if (this.#shells.get(key) === shell) this.#shells.delete(key)
      if (shell.usable) await shell.close()
    })
    return true
  }

  /** No other shell makes room for this one: it gets a connection of its own, and keeps it. */
  async #openBeside(user: string, signal: AbortSignal | undefined): Promise<Channel> {
    if (!this.#spare)
      try {
        return await this.#start(this.#transport, user, signal)
      } catch (error) {
        if (!(error instanceof NoChannel)) throw error
        const spare = await this.#transport.another()
        if (this.#closed) {
          await spare.close()
          throw this.#lost('the connection was closed')
        }
        this.#spare = spare
      }
    const spare = this.#spare
    try {
      return await this.#start(spare, user, signal)
    } catch (error) {
      this.#spare = undefined
      await spare.close()
      throw error instanceof NoChannel ? this.#lost('the host allows no further channel') : error
    }
  }

  #start(transport: Transport, user: string, outer?: AbortSignal): Promise<Channel> {
    const { shellTimeoutMs } = this.#settings
    const same = user === transport.user
    const expired = (): ConnectionError =>
      new ConnectionError(
        this.host,
        same ? 'shell' : 'become',
        `${same ? '' : `cannot become ${user}: `}no shell was started within ${shellTimeoutMs / 1000} s`,
      )
    return within(shellTimeoutMs, expired, outer, signal =>
      same
        ? until(transport.open('exec /bin/sh'), signal, channel => channel.close())
        : this.#become(transport, user, signal),
    )
  }

  #become(transport: Transport, user: string, signal: AbortSignal): Promise<Channel> {
    // Once for the whole session: a few batches with a wrong password would lock the account.
    if (this.#passwordRefusal) throw this.#passwordRefusal
    const sudo: Sudo = {
      password: this.#settings.becomePassword,
      trip: () => this.#trips++,
      refused: error => {
        this.#passwordRefusal = error
      },
    }
    return openAs(transport, user, sudo, signal)
  }

  /**
   * Ends what runs in the shell, from a second one; then whoever waits for the shell gets the error. Gives the error to
   * throw: that one, or, where nobody knows whether the processes ended, `lost` because of it.
   */
  async #end(shell: Shell, user: string, error: Error): Promise<Error> {
    let left = error
    if (!(error instanceof ConnectionError))
      try {
        if (shell.pid === undefined) throw new Error('the process id of the shell is not known')
        await this.#endFrom(this.#transport, user, shell.pid).catch(async failure => {
          if (!(failure instanceof NoChannel)) throw failure
          const another = await this.#transport.another()
          await this.#endFrom(another, user, shell.pid ?? 0).finally(() => another.close())
        })
      } catch (failure) {
        const why = failure instanceof Error ? failure.message : String(failure)
        left = new ConnectionError(this.host, 'lost', `what ran could not be ended, and may still run: ${why}`, {
          cause: error,
          hint: `It was to be ended because: ${error.message}`,
        })
      }
    shell.abandon(left)
    return left
  }

  async #endFrom(transport: Transport, user: string, pid: number): Promise<void> {
    const second = new Shell(await this.#start(transport, user))
    const timer = setTimeout(() => second.abandon(new Error('too late')), this.#settings.shellTimeoutMs)
    try {
      await second.run([endProcesses(pid)], false, {
        trip: () => this.#trips++,
        begin: () => {},
        output: () => {},
        end: () => {},
      })
    } finally {
      clearTimeout(timer)
      if (second.usable) await second.close()
    }
  }

  #explain({ exit, unused }: ShellGone, shell: Shell, user: string): ConnectionError {
    // Before all else: without an exit status nobody knows what became of the request, whether it was seen to begin or not.
    if (exit.code === undefined && exit.signal === undefined)
      return this.#lost('the connection was lost while commands ran')
    if (!unused)
      return this.#lost(
        `the shell ended while commands ran (${exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`})`,
      )
    if (user !== this.#transport.user) return becomeFailure(this.host, user, shell.noise, exit)
    return this.#silent('shell', shell, user)
  }

  /** `lost` where the request may still be read: the answer may be what is missing, not the shell. */
  #silent(reason: 'shell' | 'lost', shell: Shell, user: string): ConnectionError {
    const said = shell.noise ? `It printed: ${shell.noise}` : 'It printed nothing.'
    return new ConnectionError(this.host, reason, `the shell of ${user} does not answer`, {
      hint: `The login shell must run \`exec /bin/sh\` without asking anything. ${said}`,
    })
  }

  #lost(message: string, hint?: string): ConnectionError {
    return new ConnectionError(this.host, 'lost', message, hint === undefined ? {} : { hint })
  }
}
