import { ConnectionError, type ConnectionFailure } from '../errors.ts'

interface Meaning {
  readonly reason: ConnectionFailure
  readonly message: string
  readonly hint?: string
}

const byCode: Readonly<Record<string, Meaning>> = {
  ENOTFOUND: { reason: 'dns', message: 'the name is not known', hint: 'Check ansible_host and the DNS.' },
  EAI_AGAIN: { reason: 'dns', message: 'the name could not be looked up now', hint: 'The DNS server does not answer.' },
  ECONNREFUSED: {
    reason: 'refused',
    message: 'the connection was refused',
    hint: 'Does sshd run there, on this port?',
  },
  EHOSTUNREACH: { reason: 'refused', message: 'there is no way to the host' },
  ENETUNREACH: { reason: 'refused', message: 'there is no way to the network' },
  EACCES: { reason: 'refused', message: 'this machine does not allow the connection' },
  ETIMEDOUT: { reason: 'timeout', message: 'no answer' },
  ECONNRESET: { reason: 'lost', message: 'the host closed the connection' },
  EPIPE: { reason: 'lost', message: 'the host closed the connection' },
}

/** ssh2's wording, read here and nowhere else. */
const byWording: readonly (Meaning & { readonly pattern: RegExp })[] = [
  {
    pattern: /no matching (.*)/i,
    reason: 'refused',
    message: 'the server and Baton have no algorithm in common',
    hint: 'Baton offers what is not known to be broken: curve25519, ECDH, DH by SHA-2; AES-GCM and AES-CTR; keys by SHA-2. Post-quantum only servers cannot be reached.',
  },
  {
    pattern: /Connection lost before handshake|Connection reset|ended by the other/i,
    reason: 'lost',
    message: 'the host closed the connection before the handshake',
    hint: 'sshd drops connections when too many arrive at once (MaxStartups) or after failed logins (PerSourcePenalties).',
  },
  { pattern: /Keepalive timeout/, reason: 'lost', message: 'the host does not answer any more' },
  { pattern: /Name or service not known|Temporary failure in name resolution/i, ...byCode.ENOTFOUND },
  { pattern: /Connection refused/i, ...byCode.ECONNREFUSED },
  { pattern: /Connection timed out/i, ...byCode.ETIMEDOUT },
  {
    pattern: /administratively prohibited/i,
    reason: 'refused',
    message: 'the jump host does not forward',
    hint: 'Its sshd_config needs AllowTcpForwarding.',
  },
] as readonly (Meaning & { readonly pattern: RegExp })[]

const codeOf = (error: unknown): string | undefined => {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

/** What a socket or ssh2 said, in one of our words. `to`: where to, as a person would write it. */
export const connectionFailure = (host: string, to: string, error: unknown): ConnectionError => {
  if (error instanceof ConnectionError) return error
  const text = error instanceof Error ? error.message : String(error)
  const meaning = byCode[codeOf(error) ?? ''] ?? byWording.find(({ pattern }) => pattern.test(text))
  const message = meaning ? meaning.message : text || 'the connection failed'
  return new ConnectionError(host, meaning?.reason ?? 'lost', `${to}: ${message}`, {
    cause: error,
    ...(meaning?.hint !== undefined && { hint: meaning.hint }),
  })
}
