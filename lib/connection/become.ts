import { randomBytes } from 'node:crypto'
import { ConnectionError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { Channel, Exit, Transport } from './channel.ts'
import { Kept } from './kept.ts'
import { until } from './within.ts'

/** Names that stand in a login shell's command line without quotes, whichever shell it is. */
const plainUser = /^[A-Za-z_][A-Za-z0-9_.@+-]*$/

const wayOut = 'Give the password with -K, or as ansible_become_password, or allow the user in sudoers with NOPASSWD.'

/** Distinguished from other refusals, because the password must not be sent again. */
const passwordRefused = {
  pattern: /incorrect password attempt/,
  message: 'sudo did not take the password',
  hint: 'It was tried once, so that no account is locked. Check -K or ansible_become_password.',
}

/** What sudo's own words mean. They are English unless the host's login sets another language. */
const meanings: readonly { readonly pattern: RegExp; readonly message: string; readonly hint: string }[] = [
  passwordRefused,
  {
    pattern: /a password is required|a terminal is required to read the password/,
    message: 'sudo needs a password, and none was given',
    hint: wayOut,
  },
  {
    pattern: /must have a tty|no tty present/,
    message: 'sudo wants a terminal (requiretty)',
    hint: "Add 'Defaults:USER !requiretty' to the host's sudoers: a terminal would mix the streams that Baton keeps apart.",
  },
  {
    pattern: /is not in the sudoers file|is not allowed to execute|may not run sudo/,
    message: 'sudoers does not allow it',
    hint: 'Allow the login user to run /bin/sh as that user in sudoers.',
  },
  {
    pattern: /unknown user|unknown uid/,
    message: 'there is no such user on the host',
    hint: 'Create the user first, or correct `become`.',
  },
  {
    pattern: /(sudo: (command )?not found|Command not found|Unknown command|sudo: No such file)/i,
    message: 'sudo is not installed on the host',
    hint: 'Install sudo on the host, or log in as the user that runs the commands.',
  },
]

/** Why no shell of that user came, from what sudo printed and how it ended. */
export const becomeFailure = (host: string, user: string, words: string, exit: Exit): ConnectionError => {
  if (exit.code === undefined && exit.signal === undefined)
    return new ConnectionError(host, 'lost', `the connection was lost while becoming ${user}`)
  const known = meanings.find(({ pattern }) => pattern.test(words))
  const said = words.trim() || `no words, exit code ${exit.code ?? 'unknown'}`
  return new ConnectionError(host, 'become', `cannot become ${user}: ${known?.message ?? 'sudo started no shell'}`, {
    hint: `${known?.hint ?? wayOut}\nsudo said: ${said}`,
  })
}

/** sudo with -n never asks and never reads its stdin, so the first request can be on its way before sudo has answered. */
const silent = (user: string): string => `exec sudo -n -u ${user} -- /bin/sh`

/** A prompt of our own is recognised in any language, and cannot come from elsewhere. */
const asking = (user: string, nonce: string): string =>
  `exec sudo -S -p ${nonce}-password: -u ${user} -- /bin/sh -c 'echo ${nonce}-ready >&2; exec /bin/sh'`

/** Answers sudo's prompt once. Returns when the shell is ready for requests. */
const answer = async (
  channel: Channel,
  nonce: string,
  password: Secret,
  fail: (words: string, exit: Exit, answered: boolean) => Error,
  signal: AbortSignal,
): Promise<void> => {
  const words = new Kept(4096)
  let heard = ''
  let answered = false
  const said = (): string => words.bytes().toString().replaceAll(`${nonce}-password:`, '').trim()
  const ready = new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      words.add(chunk)
      heard += chunk.toString('latin1')
      if (heard.includes(`${nonce}-ready`)) {
        channel.stderr.off('data', listen)
        resolve()
      } else if (heard.includes(`${nonce}-password:`)) {
        heard = ''
        if (answered) {
          reject(fail('sudo asked again: 1 incorrect password attempt', { code: 1 }, true))
          return
        }
        answered = true
        channel.stdin.write(`${password.reveal()}\n`)
      } else heard = heard.slice(-256)
    }
    channel.stderr.on('data', listen)
    channel.stdout.on('data', () => {})
    channel.stdin.on('error', () => {})
    void channel.closed.then(exit => reject(fail(said(), exit, answered)))
  })
  try {
    await until(ready, signal, () => {})
  } catch (error) {
    channel.close()
    // Sudo may ask something of its own (PAM), which is the cause of a dialogue that has no end.
    if (error === signal.reason && error instanceof ConnectionError)
      throw new ConnectionError(error.host, error.reason, error.message, { hint: `sudo said: ${said() || 'nothing'}` })
    throw error
  }
}

export interface Sudo {
  readonly password: Secret | undefined
  /** Told each wait. */
  trip(): void
  /** The password was sent and not taken, or may not have been: it must not be sent again. */
  refused(error: ConnectionError): void
}

/**
 * A shell of that user through sudo. With a password it has answered the prompt, if one came.
 * A wrong password is tried once and never again, so that no account is locked.
 */
export const openAs = async (
  transport: Transport,
  user: string,
  { password, trip, refused }: Sudo,
  signal: AbortSignal,
): Promise<Channel> => {
  const { host } = transport
  if (!plainUser.test(user))
    throw new ConnectionError(host, 'become', `cannot become ${JSON.stringify(user)}: that is not a user name`)
  const start = (command: string): Promise<Channel> => until(transport.open(command), signal, late => late.close())
  if (!password) return start(silent(user))
  // The rest of it would be read by what runs as that user.
  if (/[\n\r\0]/.test(password.reveal()))
    throw new ConnectionError(host, 'become', `cannot become ${user}: sudo's password is not one line`, {
      hint: 'Check -K or ansible_become_password: line ends and NUL cannot be part of it.',
    })
  const nonce = `baton-${randomBytes(16).toString('hex')}`
  trip()
  const channel = await start(asking(user, nonce))
  await answer(
    channel,
    nonce,
    password,
    (words, exit, answered) => {
      const error = becomeFailure(host, user, words, exit)
      const other = meanings.some(known => known !== passwordRefused && known.pattern.test(words))
      if (answered && error.reason === 'become' && !other) refused(error)
      return error
    },
    signal,
  )
  return channel
}
