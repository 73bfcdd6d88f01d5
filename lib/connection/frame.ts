import type { Command, ContentSource } from '../command.ts'
import { Secret } from '../secret.ts'
import { quote, quoteBytes } from './quote.ts'

/** Content beyond this many bytes is streamed; up to it, it is part of the request's text. */
export const INLINE_BYTES = 64 * 1024

type Stdin =
  | { readonly type: 'none' }
  | { readonly type: 'inline'; readonly bytes: Uint8Array }
  | { readonly type: 'stream'; readonly source: Uint8Array | ContentSource; readonly bytes: number }

const isSource = (stdin: NonNullable<Command['stdin']>): stdin is ContentSource =>
  typeof stdin === 'object' && 'open' in stdin

/** How a command's content travels. */
export const stdinOf = ({ stdin }: Command): Stdin => {
  if (stdin === undefined) return { type: 'none' }
  if (isSource(stdin)) return { type: 'stream', source: stdin, bytes: stdin.bytes }
  const text = stdin instanceof Secret ? stdin.reveal() : stdin
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  return bytes.length > INLINE_BYTES
    ? { type: 'stream', source: bytes, bytes: bytes.length }
    : { type: 'inline', bytes }
}

const mark = (nonce: string, kind: string, index: number, value: string): string =>
  `printf '${nonce} ${kind} ${index} %s\\n' ${value}; printf '${nonce} ${kind} ${index} 0\\n' >&2`

/**
 * `eval` in a subshell: not even a script with a syntax error, or an `exit`, gets out of it. When the connection is gone, a
 * word that the shell itself prints would end it by SIGPIPE with its EXIT trap left undone; programs it starts are not
 * concerned, a trap is theirs no more.
 */
const body = ({ script, args = [] }: Command): string =>
  `( trap 'exit 141' PIPE; set -- ${args.map(quote).join(' ')}\neval ${quote(script)} )`

/**
 * Gives the command exactly so many bytes of the shell's own stdin, and the end of file only when all have come. When the
 * connection is lost on the way, or the sender gives up, the process group is ended before the command could take the end
 * of its input for the end of the content. What the command does not read is read away, for it would be taken for script.
 */
const feed = (bytes: number): string =>
  `{ trap '' PIPE
baton_bytes=$(head -c ${bytes} | tee /dev/fd/3 2>/dev/null | wc -c)
[ "$baton_bytes" -eq ${bytes} ] || { exec 2>/dev/null; trap '' TERM; kill -s TERM 0; sleep 3; kill -s KILL 0; }
} 3>&1`

const framed = (nonce: string, index: number, command: Command): string => {
  const begin = mark(nonce, 'b', index, '"$$"')
  const end = mark(nonce, 'e', index, '"$baton_code"')
  const stdin = stdinOf(command)
  switch (stdin.type) {
    case 'none':
      return `${begin}\n${body(command)} </dev/null\nbaton_code=$?; ${end}`
    case 'inline':
      return `${begin}\nprintf %b ${quoteBytes(stdin.bytes)} 2>/dev/null | ${body(command)}\nbaton_code=$?; ${end}`
    case 'stream':
      return `${feed(stdin.bytes)} | { ${begin}\n${body(command)}\nbaton_code=$?; ${end}\n(exit "$baton_code"); }\nbaton_code=$?`
  }
}

const entry = (nonce: string, index: number, command: Command, stopOnFailure: boolean): string =>
  [
    'if [ -z "$baton_stop" ]; then',
    framed(nonce, index, command),
    stopOnFailure && !command.mayFail ? '[ "$baton_code" -eq 0 ] || baton_stop=1' : ':',
    'fi',
  ].join('\n')

/**
 * The text that makes a POSIX sh run the commands, each between its marks on stdout and on stderr. Each is one compound
 * command, so that a text that is cut off on its way runs whole commands or none. Throws UnquotableError.
 *
 * A command whose content is streamed stands alone, and all of the text is one compound command then: a shell that reads its
 * script byte by byte, as bash does, must have nothing left to read when the content comes.
 *
 * `stopOnFailure`: those behind a command with another code than 0 (unless it may fail) are left out, without marks.
 */
export const request = (nonce: string, commands: readonly Command[], stopOnFailure: boolean): string => {
  const entries = commands.map((command, index) => entry(nonce, index, command, stopOnFailure))
  const text = ['baton_stop=', ...entries, mark(nonce, 'z', 0, '0')].join('\n')
  return commands.some(command => stdinOf(command).type === 'stream') ? `{ ${text}\n}\n` : `${text}\n`
}
