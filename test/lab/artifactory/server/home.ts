import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultVersion, varDirectories } from '../layout.ts'

/** The paths of one installation. Tests put one anywhere; on a host it is the layout of `../layout.ts`. */
export interface Home {
  readonly var: string
  readonly data: string
  readonly systemYaml: string
  readonly masterKey: string
  readonly joinKey: string
  readonly binarystore: string
  readonly serviceLog: string
  readonly embeddedDatabase: string
  readonly pidFile: string
  readonly versionFile: string
}

/** $JFROG_HOME holds `artifactory/{app,var}`; JF_PRODUCT_VAR moves `var` alone, as with the real one. */
export function homeFrom(env: Readonly<Record<string, string | undefined>>): Home {
  const product = join(env.JFROG_HOME ?? '/opt/jfrog', 'artifactory')
  const variable = env.JF_PRODUCT_VAR ?? join(product, 'var')
  const app = join(product, 'app')
  return {
    var: variable,
    data: join(variable, 'data/artifactory'),
    systemYaml: join(variable, 'etc/system.yaml'),
    masterKey: join(variable, 'etc/security/master.key'),
    joinKey: join(variable, 'etc/security/join.key'),
    binarystore: join(variable, 'etc/artifactory/binarystore.xml'),
    serviceLog: join(variable, 'log/artifactory-service.log'),
    embeddedDatabase: join(variable, 'data/artifactory/derby/stand-in.json'),
    pidFile: join(app, 'run/artifactory.pid'),
    versionFile: join(app, 'artifactory.product.version.properties'),
  }
}

/**
 * Makes what is missing below `var`. An empty `var` (a disk that was not mounted, say) is therefore no error: the server
 * starts as a new instance, like the real one.
 */
export async function ensureDirectories(home: Home): Promise<void> {
  for (const directory of varDirectories) {
    await mkdir(join(home.var, directory), { recursive: true, mode: 0o750 })
  }
}

export async function installedVersion(home: Home): Promise<string> {
  const text = await readFile(home.versionFile, 'utf8').catch(() => '')
  return /^artifactory\.product\.version=(.+)$/m.exec(text)?.[1]?.trim() ?? defaultVersion
}
