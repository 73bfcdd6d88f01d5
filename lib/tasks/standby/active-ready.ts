import { z } from 'zod'
import type { Facts } from '../../dsl/facts.ts'
import { defineTask } from '../../dsl/task.ts'
import { Refusal } from '../../errors.ts'
import { binaryStore } from '../../facts/artifactory/binary-store.ts'
import { secretFile } from '../../facts/artifactory/secret-file.ts'
import { content } from '../../facts/content.ts'
import { isUnavailable } from '../../facts/postgres/query.ts'
import { serverIdentity } from '../../facts/postgres/server-identity.ts'
import { thisHost } from '../../facts/postgres/this-host.ts'
import { unit } from '../../facts/unit.ts'
import { databaseAddress } from '../artifactory/database-address.ts'
import { linkedDirectory } from '../artifactory/linked-directory.ts'
import { varDirectory } from '../artifactory/var-directory.ts'
import { artifactoryVersion } from '../artifactory/version.ts'
import { absolutePath } from '../params.ts'
import { clusterParams } from '../postgres/cluster-params.ts'

/**
 * Is the PostgreSQL that is going to be copied the one that Artifactory uses? Another one on the host would give a standby
 * that is sound in every way, and of the wrong database.
 */
const otherDatabase = async (
  facts: Facts,
  systemYaml: string,
  { port, database }: { readonly port: number; readonly database: string },
): Promise<string | false> => {
  const { secret } = await facts.get(secretFile(systemYaml))
  if (!secret) return `it has no ${systemYaml}, which would say where its database is`
  const used = databaseAddress(secret.reveal())
  if (!used.known) return used.why
  if (used.port !== port || used.database !== database)
    return `Artifactory uses the database ${used.database} on port ${used.port}, the inventory says ${database} on port ${port}`
  const { isThisHost, addresses } = await facts.get(thisHost(used.host))
  return (
    !isThisHost &&
    `Artifactory's database is on ${used.host} (${addresses.join(', ') || 'no address'}), not on this host`
  )
}

/** The host is what the inventory says: an active Artifactory 7 with a writable PostgreSQL and binaries in files. */
export const activeReady = defineTask({
  name: 'activeReady',
  params: z.strictObject({
    ...clusterParams,
    home: absolutePath,
    database: z.string(),
    service: z.string(),
    filestorePath: z.string().describe('From the var directory'),
  }),
  title: () => 'is the active',
  async plan({ home, port, version: major, database, service, filestorePath }, facts) {
    const [version, directory, state, server] = await Promise.all([
      artifactoryVersion(facts, home),
      varDirectory(facts, home),
      facts.get(unit(service)),
      facts.get(serverIdentity({ port })),
    ])
    const elsewhere = await otherDatabase(facts, `${directory}/etc/system.yaml`, { port, database })
    const link = await linkedDirectory(facts, directory, filestorePath)
    const { bytes } = await facts.get(content(`${directory}/etc/artifactory/binarystore.xml`))
    const store = binaryStore(bytes?.toString(), { varDirectories: [directory, `${home}/var`], filestorePath })
    const wrong = [
      version === undefined && `no Artifactory is installed in ${home}`,
      state.active !== 'active' && `${service} does not run (${state.active}): it is not the active`,
      isUnavailable(server) && `its PostgreSQL does not answer on port ${port}: ${server.unavailable}`,
      !isUnavailable(server) && server.inRecovery && 'its database is in recovery: it is a standby',
      !isUnavailable(server) &&
        server.major !== major &&
        `it runs PostgreSQL ${server.major}, the inventory says ${major}`,
      elsewhere,
      link !== undefined && `${link} is a link, which a copy would not follow: mount there what it leads to`,
      !store.files && `its binaries are not plain files that can be copied (binarystore.xml: ${store.why})`,
    ].filter(reason => typeof reason === 'string')
    if (wrong.length > 0) throw new Refusal(`${facts.host} cannot be the active: ${wrong.join('; ')}`)
    return []
  },
})
