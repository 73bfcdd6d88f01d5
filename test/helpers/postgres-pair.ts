import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const versions = '/usr/lib/postgresql'

/** Why no real PostgreSQL can be had here; `undefined`: it can. */
export const noPostgres = (): string | undefined => {
  if (process.getuid?.() !== 0) return 'needs root, to become the user postgres'
  if (!existsSync(versions)) return `needs PostgreSQL's programs in ${versions}`
  try {
    execFileSync('id', ['postgres'], { stdio: 'ignore' })
  } catch {
    return 'needs the user postgres'
  }
  return undefined
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** A primary with an `artifactory` database and a streaming standby that is held at the end of its base backup. */
export interface PostgresPair {
  readonly directory: string
  readonly activePort: number
  readonly standbyPort: number
  readonly holdFile: string
  /** Path of one of PostgreSQL's own programs. */
  program(name: string): string
  /** `pg_ctl` of one of them, to its end. */
  control(which: 'active' | 'standby', ...args: string[]): void
  sql(which: 'active' | 'standby', query: string, database?: string): string
  stop(): void
}

export const postgresPair = async (): Promise<PostgresPair> => {
  const bin = join(versions, readdirSync(versions).sort().at(-1) ?? '', 'bin')
  const directory = mkdtempSync(join(tmpdir(), 'baton-pair-'))
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']).toString())
  chownSync(directory, id('-u'), id('-g'))
  const postgres = (program: string, ...args: string[]): string =>
    execFileSync('runuser', ['-u', 'postgres', '--', program, ...args], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).toString()
  const ports = { active: await freePort(), standby: await freePort() }
  const data = (which: 'active' | 'standby') => join(directory, which)
  const control = (which: 'active' | 'standby', ...args: string[]) => {
    // The server would hold a pipe of ours open.
    execFileSync(
      'runuser',
      ['-u', 'postgres', '--', join(bin, 'pg_ctl'), '-D', data(which), '-l', join(directory, `${which}.log`), ...args],
      { cwd: '/', stdio: 'ignore' },
    )
  }
  const sql = (which: 'active' | 'standby', query: string, database = 'postgres') =>
    postgres(
      'psql',
      '-XqAt',
      '-v',
      'ON_ERROR_STOP=1',
      '-h',
      directory,
      '-p',
      `${ports[which]}`,
      '-d',
      database,
      '-c',
      query,
    ).trim()
  const settings = (which: 'active' | 'standby', text: string) =>
    writeFileSync(join(data(which), 'postgresql.auto.conf'), `port=${ports[which]}\n${text}`)

  postgres(join(bin, 'initdb'), '-D', data('active'), '-A', 'trust', '--no-sync')
  settings('active', `unix_socket_directories='${directory}'\nlisten_addresses='127.0.0.1'\n`)
  control('active', '-w', 'start')
  sql('active', 'CREATE DATABASE artifactory')
  sql('active', 'CREATE ROLE baton LOGIN REPLICATION')
  sql('active', 'GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO baton')
  sql('active', `SELECT pg_create_physical_replication_slot('baton', true)`)
  sql(
    'active',
    `CREATE TABLE binaries (sha1 char(40) PRIMARY KEY, bin_length bigint);
     CREATE TABLE nodes (repo text, node_path text, node_name text, sha1_actual char(40) REFERENCES binaries)`,
    'artifactory',
  )
  postgres(
    join(bin, 'pg_basebackup'),
    '-h',
    directory,
    '-p',
    `${ports.active}`,
    '-U',
    'baton',
    '-D',
    data('standby'),
    '-X',
    'stream',
    '-c',
    'fast',
    '-S',
    'baton',
    '--no-sync',
  )
  const holdFile = join(directory, 'conf.d', '60-baton-hold.conf')
  mkdirSync(join(directory, 'conf.d'))
  writeFileSync(holdFile, `recovery_target = 'immediate'\nrecovery_target_action = 'pause'\n`)
  settings(
    'standby',
    `unix_socket_directories='${directory}'\nlisten_addresses=''\nprimary_slot_name='baton'\n` +
      `primary_conninfo='host=${directory} port=${ports.active} user=baton'\ninclude_dir='${directory}/conf.d'\n`,
  )
  postgres('touch', join(data('standby'), 'standby.signal'))
  control('standby', '-w', 'start')
  return {
    directory,
    activePort: ports.active,
    standbyPort: ports.standby,
    holdFile,
    program: name => join(bin, name),
    control,
    sql,
    stop() {
      for (const which of ['standby', 'active'] as const)
        try {
          control(which, '-m', 'immediate', '-w', 'stop')
        } catch {
          // Was not running.
        }
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
