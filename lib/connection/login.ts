import { createConnection, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import ssh2, { type Client } from 'ssh2'
import { ConnectionError } from '../errors.ts'
import { algorithms } from './algorithms.ts'
import { authMethods } from './authentication.ts'
import { connectionFailure } from './failures.ts'
import { type Hop, showHop } from './hop.ts'
import { HostKeys } from './host-keys.ts'
import type { Keyring, Prompt } from './keyring.ts'
import { type PublicKey, publicKeyOf } from './public-key.ts'

export interface LoginOptions {
  readonly signal?: AbortSignal
  readonly prompt?: Prompt
  readonly keyring: Keyring
  /** Milliseconds, for each of: connecting, key exchange, authentication (without the time a person takes to answer). */
  readonly timeoutMs: number
  /** Milliseconds between two questions to a silent server, and how many may stay without an answer. */
  readonly keepalive: { readonly intervalMs: number; readonly count: number }
  /** Told once the server has proved its host key: what fails later must not be tried again unasked. */
  handshaken?(): void
}

/** A TCP connection; all addresses of a name are tried. Rejects with what the system said, ETIMEDOUT, or the signal's reason. */
export const connectSocket = ({ address, port }: Hop, { timeoutMs, signal }: LoginOptions): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createConnection({ host: address, port })
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      timeoutMs,
    )
    const aborted = (): unknown =>
      socket.destroy(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
    // An abort that came before is heard by no listener.
    if (signal?.aborted) aborted()
    else signal?.addEventListener('abort', aborted, { once: true })
    const settle = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', aborted)
    }
    // Stays: an error between here and the handshake would have no listener, and end the process.
    socket.on('error', error => {
      settle()
      reject(error)
    })
    socket.once('connect', () => {
      settle()
      // Small requests would wait 40 ms each for the acknowledgement of the one before.
      socket.setNoDelay(true)
      resolve(socket)
    })
  })

/** A deadline that can stand still while a person is asked. */
class Deadline {
  #timer: NodeJS.Timeout | undefined
  readonly #expire: (phase: string) => void
  constructor(expire: (phase: string) => void) {
    this.#expire = expire
  }
  start(phase: string, ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#expire(phase), ms)
  }
  stop(): void {
    clearTimeout(this.#timer)
  }
}

/** SSH over a stream that is already connected: key exchange, host key, authentication. Throws ConnectionError. */
export const login = async (hop: Hop, sock: Duplex, options: LoginOptions): Promise<Client> => {
  const { host } = hop.hostKey
  const { prompt, keyring, timeoutMs, keepalive, signal } = options
  const tried: string[] = []
  const client = new ssh2.Client()
  // An error without a listener would end the process, at any time in the client's life.
  client.on('error', () => {})
  let refusal: unknown
  const deadline = new Deadline(phase =>
    fail(new ConnectionError(host, 'timeout', `${showHop(hop)}: no answer within ${timeoutMs / 1000} s (${phase})`)),
  )
  let fail: (error: unknown) => void = () => {}
  const methods = authMethods(
    hop.identity,
    keyring,
    what => tried.push(what),
    prompt &&
      (async (question, how) => {
        deadline.stop()
        const answer = await prompt(question, how)
        deadline.start('authentication', timeoutMs)
        return answer
      }),
  )
  const refused = (left: readonly string[] | undefined): ConnectionError =>
    new ConnectionError(host, 'auth', `${showHop(hop)}: no key was accepted`, {
      hint: [
        tried.length > 0 ? `Tried: ${tried.join('; ')}.` : 'There was no key to try.',
        left?.length ? `The server allows: ${left.join(', ')}. Baton logs in by key.` : '',
        'Name a key with ansible_ssh_private_key_file, or load it into ssh-agent.',
      ]
        .filter(Boolean)
        .join(' '),
    })
  let left: readonly string[] | undefined
  const aborted = (): void => fail(signal?.reason)
  // While the files are read, an error of the stream would have no listener.
  const broken = (): void => {}
  sock.on('error', broken)
  try {
    const hostKeys = await HostKeys.read(hop.hostKey)
    if (sock.destroyed) throw connectionFailure(host, showHop(hop), new Error('Connection reset'))
    let shown: PublicKey | undefined
    let shaken = false
    let recorded: Promise<void> = Promise.resolve()
    await new Promise<void>((resolve, reject) => {
      fail = reject
      if (signal?.aborted) aborted()
      else signal?.addEventListener('abort', aborted, { once: true })
      deadline.start('key exchange', timeoutMs)
      client
        // Keys are exchanged again in the life of a connection, when nobody waits for a login any more.
        .once('handshake', () => {
          shaken = true
          options.handshaken?.()
          deadline.start('authentication', timeoutMs)
          if (shown) recorded = hostKeys.remember(shown)
          recorded.catch(reject)
        })
        .on('ready', resolve)
        .on('error', (error: Error & { level?: string }) => {
          if (error.level === 'agent') return
          if (/^All configured authentication methods failed|^Too many authentication failures/.test(error.message))
            reject(refused(left))
          else reject(refusal ?? connectionFailure(host, showHop(hop), error))
        })
        .on('close', () =>
          reject(
            left
              ? refused(left)
              : shaken
                ? new ConnectionError(host, 'lost', `${showHop(hop)}: the host closed the connection during the login`)
                : connectionFailure(host, showHop(hop), new Error('Connection reset')),
          ),
        )
        .connect({
          sock,
          username: hop.identity.user,
          readyTimeout: 0,
          keepaliveInterval: keepalive.intervalMs,
          keepaliveCountMax: keepalive.count,
          algorithms: algorithms(hostKeys.knownTypes),
          hostVerifier: (key: Buffer, answer: (trusted: boolean) => void) => {
            try {
              const known = publicKeyOf(key)
              hostKeys.check(known)
              shown = known
              answer(true)
            } catch (error) {
              refusal = error
              answer(false)
            }
          },
          authHandler: (methodsLeft, _partial, next) => {
            left = methodsLeft ?? left
            recorded
              .then(() => methods.next())
              .then(
                ({ value, done }) => {
                  if (done) reject(refused(left))
                  else next(value)
                },
                (error: unknown) => reject(error),
              )
          },
        })
    })
  } catch (error) {
    client.destroy()
    sock.destroy()
    throw error
  } finally {
    deadline.stop()
    signal?.removeEventListener('abort', aborted)
  }
  // ssh2 ends only its own half of a connection on which nonsense came, or the end, and asks no more whether anybody is there:
  // whoever keeps the other half open would be waited for without end.
  const over = (): unknown => sock.destroy()
  client.on('error', over)
  sock.once('end', over)
  return client
}
