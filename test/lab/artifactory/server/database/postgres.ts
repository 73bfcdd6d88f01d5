import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Binary } from '../checksums.ts'
import { Refusal } from '../refusal.ts'
import { depthOf, formatRepoPath, parents, type RepoPath, repoPathChecksum } from '../repo-path.ts'
import type { DatabaseSettings } from '../settings.ts'
import {
  type BinaryRow,
  type Database,
  FolderInTheWay,
  type Instance,
  type Item,
  type KnownServer,
  placeholderPrefix,
  type Server,
  type ServerState,
  staleHeartbeat,
  trashRepo,
} from './database.ts'
import { schema } from './schema.ts'

const folder = 0
const file = 1
const unreferencedRows = `FROM binaries b WHERE b.sha1 NOT LIKE '${placeholderPrefix}%'
  AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.sha1_actual = b.sha1)`
/** Parameters: repo, path, name, path of what is below the item, the same as a LIKE prefix. */
const itemAndBelow = `repo = $1 AND ((node_path = $2 AND node_name = $3)
  OR node_path = $4 OR left(node_path, length($4) + 1) = $4 || '/')`

/** Artifactory's tables in a real PostgreSQL. */
export class PostgresDatabase implements Database {
  readonly kind = 'postgresql'
  private readonly pool: pg.Pool
  private readonly where: string
  private readonly version: string

  constructor(settings: DatabaseSettings, password: string, version: string, onError: (error: Error) => void) {
    const { host, port, database, username } = settings
    this.where = `${username}@${host}:${port}/${database}`
    this.version = version
    this.pool = new pg.Pool({
      host,
      port,
      database,
      user: username,
      password,
      max: 20,
      connectionTimeoutMillis: 5_000,
      application_name: 'artifactory-stand-in',
    })
    this.pool.on('error', onError)
  }

  async ping(): Promise<void> {
    await this.pool.query('SELECT 1')
  }

  async prepare(masterKeyId: string): Promise<Instance> {
    await this.refuseReadOnly()
    return this.transaction(async client => {
      // Two servers that start at once must not create the tables at once.
      await client.query('SELECT pg_advisory_xact_lock(70810585)')
      for (const statement of schema) await client.query(statement)
      const now = Date.now()
      const made = await client.query(
        `INSERT INTO stand_in_instance (instance_id, created, master_key_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
        [randomUUID(), now, masterKeyId],
      )
      if (made.rowCount === 1) {
        await client.query('INSERT INTO db_properties (installation_date, artifactory_version) VALUES ($1, $2)', [
          now,
          this.version,
        ])
      }
      const { rows } = await client.query<{ instance_id: string; created: string; master_key_id: string }>(
        'SELECT instance_id, created, master_key_id FROM stand_in_instance',
      )
      const row = rows[0]
      if (row === undefined) throw new Error('stand_in_instance is empty')
      return {
        id: row.instance_id,
        created: Number(row.created),
        masterKeyId: row.master_key_id,
        fresh: made.rowCount === 1,
      }
    })
  }

  private async refuseReadOnly(): Promise<void> {
    const { rows } = await this.pool.query<{ recovery: boolean; read_only: string }>(
      `SELECT pg_is_in_recovery() AS recovery, current_setting('transaction_read_only') AS read_only`,
    )
    if (rows[0]?.recovery !== false)
      throw new Refusal(`the database ${this.where} is in recovery (a standby): read-only`)
    if (rows[0].read_only !== 'off') throw new Refusal(`the database ${this.where} is read-only`)
  }

  async deploy(item: RepoPath, binary: Binary, now: number): Promise<void> {
    for (const parent of parents(item)) {
      await this.pool.query(
        `INSERT INTO nodes (node_type, repo, node_path, node_name, depth, created, created_by, modified, modified_by,
           updated, repo_path_checksum)
         VALUES (${folder}, $1, $2, $3, $4, $5, 'stand-in', $5, 'stand-in', $5, $6) ON CONFLICT DO NOTHING`,
        [parent.repo, parent.path, parent.name, depthOf(parent), now, repoPathChecksum(parent)],
      )
    }
    await this.transaction(async client => {
      await client.query(
        'INSERT INTO binaries (sha1, md5, bin_length, sha256) VALUES ($1, $2, $3, $4) ON CONFLICT (sha1) DO NOTHING',
        [binary.sha1, binary.md5, binary.length, binary.sha256],
      )
      const written = await client.query(
        `INSERT INTO nodes (node_type, repo, node_path, node_name, depth, created, created_by, modified, modified_by,
           updated, bin_length, sha1_actual, md5_actual, sha256, repo_path_checksum)
         VALUES (${file}, $1, $2, $3, $4, $5, 'stand-in', $5, 'stand-in', $5, $6, $7, $8, $9, $10)
         ON CONFLICT (repo_path_checksum) DO UPDATE SET modified = $5, updated = $5, bin_length = $6,
           sha1_actual = $7, md5_actual = $8, sha256 = $9 WHERE nodes.node_type = ${file}`,
        [
          item.repo,
          item.path,
          item.name,
          depthOf(item),
          now,
          binary.length,
          binary.sha1,
          binary.md5,
          binary.sha256,
          repoPathChecksum(item),
        ],
      )
      if (written.rowCount !== 1) throw new FolderInTheWay(formatRepoPath(item))
    })
  }

  async item(item: RepoPath): Promise<Item | undefined> {
    const { rows } = await this.pool.query<BinaryColumns & { created: string }>(
      `SELECT sha1_actual AS sha1, md5_actual AS md5, sha256, bin_length, created FROM nodes
       WHERE repo = $1 AND node_path = $2 AND node_name = $3 AND node_type = ${file}`,
      [item.repo, item.path, item.name],
    )
    const row = rows[0]
    return row === undefined ? undefined : { ...item, binary: toBinary(row), created: Number(row.created) }
  }

  async binary(sha1: string): Promise<Binary | undefined> {
    const { rows } = await this.pool.query<BinaryColumns>(
      'SELECT sha1, md5, sha256, bin_length FROM binaries WHERE sha1 = $1',
      [sha1],
    )
    return rows[0] === undefined ? undefined : toBinary(rows[0])
  }

  async remove(item: RepoPath): Promise<number> {
    const { rows } = await this.pool.query<{ node_type: number }>(
      `DELETE FROM nodes WHERE ${itemAndBelow} RETURNING node_type`,
      itemParameters(item),
    )
    return rows.filter(row => row.node_type === file).length
  }

  async trash(item: RepoPath): Promise<number> {
    if (item.repo === trashRepo) return this.remove(item)
    const { rows } = await this.pool.query<{ repo: string; node_path: string; node_name: string } & BinaryColumns>(
      `SELECT repo, node_path, node_name, sha1_actual AS sha1, md5_actual AS md5, sha256, bin_length
       FROM nodes WHERE ${itemAndBelow} AND node_type = ${file}`,
      itemParameters(item),
    )
    for (const row of rows) {
      const path = row.node_path === '.' ? row.repo : `${row.repo}/${row.node_path}`
      await this.deploy({ repo: trashRepo, path, name: row.node_name }, toBinary(row), Date.now())
    }
    return this.remove(item)
  }

  async emptyTrash(): Promise<number> {
    const { rowCount } = await this.pool.query('DELETE FROM nodes WHERE repo = $1', [trashRepo])
    return rowCount ?? 0
  }

  async unreferenced(): Promise<string[]> {
    const { rows } = await this.pool.query<{ sha1: string }>(`SELECT b.sha1 ${unreferencedRows} ORDER BY b.sha1`)
    return rows.map(row => row.sha1)
  }

  async collect(sha1: string, removeFile: () => Promise<void>): Promise<boolean> {
    try {
      return await this.transaction(async client => {
        const deleted = await client.query(
          `DELETE FROM binaries d WHERE d.sha1 = $1 AND EXISTS (SELECT 1 ${unreferencedRows} AND b.sha1 = d.sha1)`,
          [sha1],
        )
        if (deleted.rowCount !== 1) return false
        await removeFile()
        return true
      })
    } catch (error) {
      // An upload that referred to it was quicker: the foreign key says so, before the file was touched.
      if (error instanceof pg.DatabaseError && error.code === '23503') return false
      throw error
    }
  }

  async binaries(prefix = ''): Promise<BinaryRow[]> {
    const { rows } = await this.pool.query<{ sha1: string; bin_length: string; referenced: boolean }>(
      `SELECT b.sha1, b.bin_length, EXISTS (SELECT 1 FROM nodes n WHERE n.sha1_actual = b.sha1) AS referenced
       FROM binaries b WHERE b.sha1 NOT LIKE '${placeholderPrefix}%' AND b.sha1 LIKE $1 || '%'
       ORDER BY b.sha1 COLLATE "C"`,
      [prefix],
    )
    return rows.map(row => ({ sha1: row.sha1, length: Number(row.bin_length), referenced: row.referenced }))
  }

  async referencing(sha1: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ repo: string; node_path: string; node_name: string }>(
      'SELECT repo, node_path, node_name FROM nodes WHERE sha1_actual = $1 ORDER BY repo, node_path, node_name',
      [sha1],
    )
    return rows.map(row => formatRepoPath({ repo: row.repo, path: row.node_path, name: row.node_name }))
  }

  async heartbeat(server: Server, state: ServerState, started: number, now: number): Promise<void> {
    await this.pool.query(
      `INSERT INTO artifactory_servers (server_id, start_time, context_url, server_state, server_role, last_heartbeat,
         artifactory_version, artifactory_running_mode, license_hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'stand-in')
       ON CONFLICT (server_id) DO UPDATE SET start_time = $2, context_url = $3, server_state = $4, server_role = $5,
         last_heartbeat = $6, artifactory_version = $7, artifactory_running_mode = $8`,
      [
        server.id,
        started,
        server.contextUrl,
        state,
        server.haEnabled ? 'MEMBER' : 'STANDALONE',
        now,
        server.version,
        server.haEnabled ? 'HA' : 'PRO',
      ],
    )
  }

  async servers(): Promise<KnownServer[]> {
    const { rows } = await this.pool.query<{ server_id: string; server_state: string; last_heartbeat: string }>(
      'SELECT server_id, server_state, last_heartbeat FROM artifactory_servers ORDER BY server_id',
    )
    return rows.map(row => ({
      id: row.server_id,
      state: row.server_state,
      lastHeartbeat: Number(row.last_heartbeat),
    }))
  }

  async lock(category: string, key: string, owner: string, now: number): Promise<boolean> {
    return this.transaction(async client => {
      await client.query(
        `DELETE FROM distributed_locks l WHERE category = $1 AND lock_key = $2 AND NOT EXISTS
           (SELECT 1 FROM artifactory_servers s WHERE s.server_id = l.owner AND s.last_heartbeat > $3)`,
        [category, key, now - staleHeartbeat],
      )
      const taken = await client.query(
        `INSERT INTO distributed_locks VALUES ($1, $2, $3, $4, 'stand-in', $5) ON CONFLICT DO NOTHING`,
        [category, key, owner, process.pid, now],
      )
      return taken.rowCount === 1
    })
  }

  async unlock(category: string, key: string, owner: string): Promise<void> {
    await this.pool.query('DELETE FROM distributed_locks WHERE category = $1 AND lock_key = $2 AND owner = $3', [
      category,
      key,
      owner,
    ])
  }

  async unlockAll(owner: string): Promise<void> {
    await this.pool.query('DELETE FROM distributed_locks WHERE owner = $1', [owner])
  }

  async close(): Promise<void> {
    await this.pool.end()
  }

  private async transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect()
    try {
      await client.query('BEGIN')
      const result = await work(client)
      await client.query('COMMIT')
      client.release()
      return result
    } catch (error) {
      // A connection that cannot roll back is not given to anybody else.
      const broken = await client.query('ROLLBACK').then(
        () => false,
        () => true,
      )
      client.release(broken)
      throw error
    }
  }
}

interface BinaryColumns {
  readonly sha1: string
  readonly md5: string
  readonly sha256: string
  readonly bin_length: string
}

const toBinary = (row: BinaryColumns): Binary => ({
  sha1: row.sha1,
  md5: row.md5,
  sha256: row.sha256,
  length: Number(row.bin_length),
})

function itemParameters(item: RepoPath): string[] {
  const below = item.path === '.' ? item.name : `${item.path}/${item.name}`
  return [item.repo, item.path, item.name, below]
}
