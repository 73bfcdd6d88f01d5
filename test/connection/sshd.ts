import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { ConnectionSettings, Host } from '../../lib/inventory/host.ts'

/** Why no sshd can be started here; undefined: it can. */
export const noSshd: string | undefined = !existsSync('/usr/sbin/sshd')
  ? 'openssh-server is not installed'
  : userInfo().uid !== 0
    ? 'only root can start an sshd that lets root in'
    : undefined

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

export const makeKey = (file: string, type: 'ed25519' | 'rsa' | 'ecdsa', passphrase = ''): void => {
  const bits = type === 'rsa' ? ['-b', '2048'] : []
  execFileSync('ssh-keygen', ['-q', '-t', type, ...bits, '-N', passphrase, '-C', `test ${type}`, '-f', file])
}

const answers = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise(resolve => child.once('exit', () => resolve()))

export interface Sshd {
  readonly dir: string
  readonly port: number
  /** `[127.0.0.1]:PORT TYPE BASE64` of each host key. */
  readonly knownHosts: string
  /** The settings of a host behind it, with these differences. */
  host(differences?: Partial<Extract<ConnectionSettings, { type: 'ssh' }>>): Host
  log(): string
  stop(): Promise<void>
}

/** A real sshd on a loopback port, with keys and a configuration of its own. `lines` are added to its sshd_config. */
export const startSshd = async ({
  keys = ['ed25519'],
  lines = [],
}: {
  readonly keys?: readonly ('ed25519' | 'rsa' | 'ecdsa')[]
  readonly lines?: readonly string[]
} = {}): Promise<Sshd> => {
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const dir = mkdtempSync(join(tmpdir(), 'baton-sshd-'))
  for (const type of keys) makeKey(join(dir, `host_${type}`), type)
  makeKey(join(dir, 'user'), 'ed25519')
  const port = await freePort()
  writeFileSync(join(dir, 'authorized_keys'), readFileSync(join(dir, 'user.pub')), { mode: 0o600 })
  writeFileSync(
    join(dir, 'sshd_config'),
    [
      ...lines,
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      ...keys.map(type => `HostKey ${dir}/host_${type}`),
      `AuthorizedKeysFile ${dir}/authorized_keys`,
      `PidFile ${dir}/pid`,
      'PermitRootLogin prohibit-password',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'MaxStartups 200',
      'LogLevel VERBOSE',
      '',
    ].join('\n'),
  )
  const child = spawn('/usr/sbin/sshd', ['-D', '-f', join(dir, 'sshd_config'), '-E', join(dir, 'log')], {
    stdio: 'ignore',
  })
  process.once('exit', () => child.kill())
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`sshd ended: ${readFileSync(join(dir, 'log'), 'utf8')}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  const knownHosts = keys
    .map(type => {
      const [name, key] = readFileSync(join(dir, `host_${type}.pub`), 'utf8').split(' ')
      return `[127.0.0.1]:${port} ${name} ${key}\n`
    })
    .join('')
  writeFileSync(join(dir, 'known_hosts'), knownHosts)
  return {
    dir,
    port,
    knownHosts,
    host: differences => ({
      name: 'node1',
      groups: [],
      vars: {},
      connection: {
        type: 'ssh',
        address: '127.0.0.1',
        port,
        user: userInfo().username,
        identityFiles: [join(dir, 'user')],
        knownHostsFile: join(dir, 'known_hosts'),
        sshConfigFile: 'none',
        ...differences,
      },
    }),
    log: () => readFileSync(join(dir, 'log'), 'utf8'),
    stop: async () => {
      child.kill()
      await ended(child)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
