import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2'

/** The algorithms that a key of this type (as known_hosts names it) can be verified by, best first. */
const byKeyType: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
}

/**
 * What is offered to a server. Host key algorithms of known keys come first, as OpenSSH does it, so that a host with several
 * keys shows one that is known. No SHA-1, no CBC, and no chacha20-poly1305, which the Terrapin attack needs
 * (https://terrapin-attack.com); ssh2 cannot insist on strict key exchange.
 */
export const algorithms = (knownKeyTypes: readonly string[]): Algorithms => {
  const known = knownKeyTypes.flatMap(type => byKeyType[type] ?? [])
  return {
    kex: [
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'diffie-hellman-group-exchange-sha256',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
      'diffie-hellman-group14-sha256',
    ],
    serverHostKey: [...new Set([...known, ...Object.values(byKeyType).flat()])],
    cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
    hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
    compress: ['none'],
  }
}
