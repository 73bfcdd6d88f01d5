/** A throw-away PostgreSQL for one test file: in a temporary directory, on a free loopback port, gone afterwards. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { access, chmod, chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)
const installed = '/usr/lib/postgresql'

export interface Cluster {
  readonly port: number
  readonly password: string
  /** A new, empty database. */
  create(): Promise<string>
  /** As superuser. */
  query<T extends pg.QueryResultRow>(database: string, text: string, values?: unknown[]): Promise<T[]>
  /** Restarts it in recovery: read-only, as a standby is. */
  becomeStandby(): Promise<void>
  promote(): Promise<void>
  /** Stops it as a power cut would, and removes it. */
  destroy(): Promise<void>
}

/** Undefined where no PostgreSQL is installed, or where it cannot be run as another user than root. */
export async function startCluster(): Promise<Cluster | undefined> {
  const bin = await binaries()
  const owner = await ownerOfServer()
  if (bin === undefined || owner === undefined) return undefined
  const root = await mkdtemp(join(tmpdir(), 'stand-in-pg-'))
  const [port, password] = [await freePort(), randomBytes(12).toString('hex')]
  const data = join(root, 'data')
  const passwordFile = join(root, 'password')
  await writeFile(passwordFile, password)
  await chmod(root, 0o755)
  if (owner.uid !== process.getuid?.()) {
    await chown(root, owner.uid, owner.gid)
    await chown(passwordFile, owner.uid, owner.gid)
  }
  const as = (program: string, args: string[]): Promise<unknown> =>
    run(join(bin, program), args, { uid: owner.uid, gid: owner.gid, cwd: root })
  await as('initdb', ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwordFile, '--no-sync'])
  const settings = `-p ${port} -k ${root} -c listen_addresses=127.0.0.1 -c fsync=off`
  const up = (): Promise<unknown> => as('pg_ctl', ['-D', data, '-w', '-l', join(root, 'log'), '-o', settings, 'start'])
  await up()

  let databases = 0
  const query = async <T extends pg.QueryResultRow>(
    database: string,
    text: string,
    values: unknown[] = [],
  ): Promise<T[]> => {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database })
    await client.connect()
    try {
      return (await client.query<T>(text, values)).rows
    } finally {
      await client.end()
    }
  }
  return {
    port,
    password,
    query,
    create: async () => {
      databases += 1
      const name = `artifactory${databases}`
      await query('postgres', `CREATE DATABASE ${name}`)
      return name
    },
    becomeStandby: async () => {
      await as('pg_ctl', ['-D', data, '-w', '-m', 'fast', 'stop'])
      await writeFile(join(data, 'standby.signal'), '')
      await chown(join(data, 'standby.signal'), owner.uid, owner.gid)
      await up()
    },
    promote: async () => {
      await as('pg_ctl', ['-D', data, '-w', 'promote'])
    },
    destroy: async () => {
      await as('pg_ctl', ['-D', data, '-w', '-m', 'immediate', 'stop']).catch(() => undefined)
      await rm(root, { recursive: true, force: true })
    },
  }
}

async function binaries(): Promise<string | undefined> {
  const versions = await readdir(installed).catch(() => [])
  const newest = versions.sort((one, other) => Number(other) - Number(one))[0]
  if (newest === undefined) return undefined
  const bin = join(installed, newest, 'bin')
  return access(join(bin, 'initdb')).then(
    () => bin,
    () => undefined,
  )
}

/** PostgreSQL refuses to run as root. */
async function ownerOfServer(): Promise<{ uid: number; gid: number } | undefined> {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()]
  if (uid === undefined || gid === undefined) return undefined
  if (uid !== 0) return { uid, gid }
  const id = (flag: string): Promise<number> => run('id', [flag, 'postgres']).then(({ stdout }) => Number(stdout))
  return Promise.all([id('-u'), id('-g')]).then(
    ([user, group]) => ({ uid: user, gid: group }),
    () => undefined,
  )
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
