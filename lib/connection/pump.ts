import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { ContentSource } from '../command.ts'
import { BatonError } from '../errors.ts'
import { until } from './within.ts'

const pieceBytes = 256 * 1024

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

const write = async (to: Writable, chunk: Uint8Array, signal: AbortSignal): Promise<void> => {
  signal.throwIfAborted()
  if (!to.write(chunk)) await once(to, 'drain', { signal })
}

const moved = (expected: number, sent: string): BatonError =>
  new BatonError(`content has another length than was said: ${expected} bytes expected, ${sent}`, {
    hint: 'The source changed while it was read. The command that took it was ended before it could use a part.',
  })

/**
 * Writes the content, slower when the other side is. The last bytes are held back until the source has ended at the length
 * it said, so that the other side never counts all bytes of a source that has more or fewer. Does not end `to`.
 * Throws BatonError for another length and for a source that fails, and the signal's reason.
 */
export const pump = async (source: Uint8Array | ContentSource, to: Writable, signal: AbortSignal): Promise<void> => {
  if (source instanceof Uint8Array) {
    for (const piece of pieces(source)) await write(to, piece, signal)
    return
  }
  const from: Readable = source.open()
  from.on('error', () => {})
  let sent = 0
  let held: Uint8Array | undefined
  try {
    const chunks: AsyncIterator<Uint8Array | string> = from[Symbol.asyncIterator]()
    for (;;) {
      // A source that stalls hears of nothing by itself, not even that it is destroyed.
      const { value: chunk, done } = await until(chunks.next(), signal, () => {})
      if (done) break
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      if (bytes.length === 0) continue
      sent += bytes.length
      if (sent > source.bytes) throw moved(source.bytes, 'more came')
      if (held) await write(to, held, signal)
      held = bytes
    }
  } catch (cause) {
    if (cause instanceof BatonError || signal.aborted) throw cause
    throw new BatonError(`content could not be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  } finally {
    from.destroy()
  }
  if (sent !== source.bytes) throw moved(source.bytes, `${sent} came`)
  if (held) await write(to, held, signal)
}
