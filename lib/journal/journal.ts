import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { BatonError } from '../errors.ts'
import type { Event, Recorded } from '../event.ts'
import { Gate } from '../report/gate.ts'

const flush = promisify(fdatasync)

/** `2026-11-22T21-40-11.123Z-1a2b3c4d.jsonl`: by name they are in the order in which they were begun. */
export const journalName = (run: string, now = new Date()): string =>
  `${now.toISOString().replaceAll(':', '-')}-${run}.jsonl`

/**
 * What a run writes as it goes: one JSON line an event, in the order in which things happened, without secrets. A line that
 * was waited for with `durable` outlives a crash of the machine; any other outlives a crash of this process.
 */
export class Journal {
  readonly file: string
  readonly #fd: number
  readonly #gate = new Gate('json')
  #problem: Error | undefined
  #syncing: Promise<void> | undefined
  #next: Promise<void> | undefined

  private constructor(file: string, fd: number) {
    this.file = file
    this.#fd = fd
  }

  /** Throws BatonError where it cannot be written: before any host is touched. */
  static create(folder: string, run: string): Journal {
    const file = join(folder, journalName(run))
    return Journal.#open(file, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | constants.O_APPEND)
  }

  /** Goes on behind what is there. A last line that was cut off by a crash stays as it is, and ends. */
  static append(file: string): Journal {
    const journal = Journal.#open(file, constants.O_RDWR | constants.O_APPEND)
    const { size } = fstatSync(journal.#fd)
    const last = Buffer.alloc(1)
    if (size > 0) readSync(journal.#fd, last, 0, 1, size - 1)
    if (size > 0 && last[0] !== 10) writeSync(journal.#fd, '\n')
    return journal
  }

  static #open(file: string, flags: number): Journal {
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      const fd = openSync(file, flags, 0o600)
      // The name itself must outlive a crash, too.
      const folder = openSync(dirname(file), 'r')
      fsyncSync(folder)
      closeSync(folder)
      return new Journal(file, fd)
    } catch (cause) {
      throw new BatonError(`the journal ${file} cannot be written: ${(cause as Error).message}`, {
        cause,
        hint: 'Every run keeps one, so that it can be resumed. --journal DIR puts it elsewhere.',
      })
    }
  }

  /** Written at once, in order. What goes wrong is said by `durable`, before the next change is sent. */
  record(event: Event): void {
    const safe = this.#gate.pass(event)
    for (const one of safe) {
      const hidden =
        one.type === 'handed' && event.type === 'handed' && one.stdout + one.stderr !== event.stdout + event.stderr
      this.#write(hidden ? { ...one, masked: true } : one)
    }
  }

  /** Resolves when everything recorded so far is on the disk. Rejects with BatonError where it is not. */
  durable(): Promise<void> {
    if (!this.#syncing) return this.#sync()
    // What was recorded since that one began is not in it; all who wait now share the one behind it.
    this.#next ??= this.#syncing.then(
      () => this.#sync(),
      () => this.#sync(),
    )
    return this.#next
  }

  close(): void {
    for (const event of this.#gate.rest()) this.#write(event)
    closeSync(this.#fd)
  }

  #write(event: Event): void {
    // Behind half a line, one more would spoil both; and `durable` has said, or will say, that the journal ends here.
    if (this.#problem) return
    const line: Recorded = { time: new Date().toISOString(), event }
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
    try {
      // A disk that is nearly full takes a part of it.
      for (let from = 0; from < bytes.length; ) from += writeSync(this.#fd, bytes, from)
    } catch (error) {
      this.#problem ??= error as Error
    }
  }

  #sync(): Promise<void> {
    this.#next = undefined
    const syncing = this.#flush().finally(() => {
      if (this.#syncing === syncing) this.#syncing = undefined
    })
    this.#syncing = syncing
    return syncing
  }

  async #flush(): Promise<void> {
    if (!this.#problem)
      await flush(this.#fd).catch((error: Error) => {
        this.#problem = error
      })
    if (this.#problem)
      throw new BatonError(`the journal ${this.file} cannot be written: ${this.#problem.message}`, {
        cause: this.#problem,
        hint: 'Nothing more is changed without it. Make room, or give --journal DIR, and go on with --resume.',
      })
  }
}
