import type { Access } from './access.ts'
import { paths, ports, systemYaml } from './artifactory/install.ts'
import { LabError } from './error.ts'
import type { LabHost } from './host.ts'
import { readJson, writeJson } from './json.ts'
import { until } from './machine/processes.ts'

/** What the hosts of the standby playbook have when it meets them. Other hosts have what the image has. */
const roles: Readonly<Record<string, (host: LabHost, access: Access) => Promise<void>>> = {
  node1: provisionActive,
  node2: provisionStandby,
}

/**
 * Provisions a host by its name, once for each fresh disk. Never again after that: by then a playbook may have made the
 * host what it should be, a failover may have stopped it on purpose, and two actives would be the worst of all.
 */
export async function ensureProvisioned(
  host: LabHost,
  access: Access,
  progress: (line: string) => void,
): Promise<void> {
  const provision = roles[host.name]
  if (provision === undefined || (await readJson(host.files.provisioned)) !== undefined) return
  progress(`provisioning ${host.name}`)
  await provision(host, access)
  await writeJson(host.files.provisioned, { provisioned: true })
}

/** A user's active machine: PostgreSQL with Artifactory's database, and Artifactory (the stand-in) running on it. */
export async function provisionActive(host: LabHost, access: Access): Promise<void> {
  await host.run(['sh', '-c', createCluster])
  const sql = createDatabase(access.passwords.database)
  await host.run(['psql', '-qX', '-v', 'ON_ERROR_STOP=1', '-d', 'postgres'], { user: 'postgres', input: sql })
  const started = await host.exec(['test', '-e', paths.systemYaml])
  if (started.code !== 0) {
    const yaml = systemYaml({ nodeId: host.name, ip: host.address, databasePassword: access.passwords.database })
    await host.copyIn(Buffer.from(yaml), paths.systemYaml, { owner: 'artifactory:artifactory', mode: '0640' })
  }
  await host.run(['systemctl', 'enable', '--now', '--quiet', 'artifactory.service'])
  await artifactoryHealthy(host)
}

/** A user's second machine: the same Artifactory, never started, and PostgreSQL without a cluster. The image is that already. */
export async function provisionStandby(host: LabHost): Promise<void> {
  const clusters = await host.run(['pg_lsclusters', '--no-header'])
  const enabled = await host.exec(['systemctl', 'is-enabled', 'artifactory.service'])
  if (clusters !== '' || enabled.stdout.trim() !== 'disabled') {
    throw new LabError(`${host.name} is not fresh: clusters "${clusters}", artifactory ${enabled.stdout.trim()}`)
  }
}

/** Waits until the router says that every service is well: https://jfrog.com/help/r/jfrog-rest-apis/healthcheck */
export async function artifactoryHealthy(host: LabHost, timeoutMs = 60_000): Promise<void> {
  const url = `http://127.0.0.1:${ports.router}/router/api/v1/system/health`
  await until(`${host.name}: Artifactory is not healthy`, timeoutMs, async () => {
    const { code } = await host.exec(['curl', '--fail', '--silent', '--max-time', '5', '--output', '/dev/null', url])
    return code === 0 ? true : undefined
  })
}

const createCluster = `
set -eu
pg_lsclusters --no-header | grep -q '^17 *main ' || pg_createcluster 17 main
systemctl start postgresql@17-main.service
`

/** The password goes over stdin: arguments are visible to everybody. It is hexadecimal, so quotes suffice. */
function createDatabase(password: string): string {
  if (!/^[0-9a-f]+$/.test(password)) throw new LabError('the database password is not hexadecimal')
  return `
SELECT 'CREATE ROLE artifactory LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'artifactory') \\gexec
ALTER ROLE artifactory PASSWORD '${password}';
SELECT 'CREATE DATABASE artifactory OWNER artifactory ENCODING ''UTF8'' TEMPLATE template0'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'artifactory') \\gexec
`
}
