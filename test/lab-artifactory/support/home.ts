/** A $JFROG_HOME in a temporary directory, and a stand-in started in this process on free ports. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { StandInClient } from '../../lab/artifactory/client.ts'
import type { SystemYamlOptions } from '../../lab/artifactory/install.ts'
import { systemYaml } from '../../lab/artifactory/install.ts'
import { ensureDirectories, type Home, homeFrom } from '../../lab/artifactory/server/home.ts'
import { type Options, optionsFrom } from '../../lab/artifactory/server/options.ts'
import { type StandIn, startStandIn } from '../../lab/artifactory/server/server.ts'
import type { Cluster } from './cluster.ts'

export interface TestHome extends Home {
  readonly jfrogHome: string
}

export async function temporaryHome(t: ExecutionContext): Promise<TestHome> {
  const jfrogHome = await mkdtemp(join(tmpdir(), 'stand-in-home-'))
  t.teardown(() => rm(jfrogHome, { recursive: true, force: true }))
  const home = homeFrom({ JFROG_HOME: jfrogHome })
  await ensureDirectories(home)
  await mkdir(join(jfrogHome, 'artifactory/app/run'), { recursive: true })
  return { ...home, jfrogHome }
}

export const freePorts = { artifactory: 0, router: 0, routerInternal: 0, access: 0 }

/** Writes the system.yaml of a user's first start. */
export async function configure(
  home: Home,
  cluster: Cluster,
  database: string,
  more: Partial<SystemYamlOptions> = {},
): Promise<void> {
  const text = systemYaml({
    nodeId: 'node1',
    ip: '127.0.0.1',
    databasePassword: cluster.password,
    databasePort: cluster.port,
    databaseUser: 'postgres',
    database,
    ports: freePorts,
    ...more,
  })
  await writeFile(home.systemYaml, text)
}

export interface Started {
  readonly standIn: StandIn
  readonly client: StandInClient
  readonly lines: string[]
}

export async function start(t: ExecutionContext, home: Home, options: Partial<Options> = {}): Promise<Started> {
  const lines: string[] = []
  const standIn = await startStandIn(home, { ...optionsFrom({}), ...options }, logTo(lines))
  t.teardown(() => standIn.stop())
  return { standIn, client: new StandInClient(`http://127.0.0.1:${standIn.ports.artifactory}`), lines }
}

export function logTo(lines: string[]): Parameters<typeof startStandIn>[2] {
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`)
  return { info: at('INFO'), warn: at('WARN'), error: at('ERROR') }
}
