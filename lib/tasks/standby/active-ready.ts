import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { Refusal } from '../../errors.ts'
import { binaryStore } from '../../facts/artifactory/binary-store.ts'
import { content } from '../../facts/content.ts'
import { isUnavailable } from '../../facts/postgres/query.ts'
import { serverIdentity } from '../../facts/postgres/server-identity.ts'
import { unit } from '../../facts/unit.ts'
import { varDirectory } from '../artifactory/var-directory.ts'
import { artifactoryVersion } from '../artifactory/version.ts'
import { absolutePath } from '../params.ts'
import { clusterParams } from '../postgres/cluster-params.ts'

/** The host is what the inventory says: an active Artifactory 7 with a writable PostgreSQL and binaries in files. */
export const activeReady = defineTask({
  name: 'standby/active-ready',
  params: z.strictObject({ ...clusterParams, home: absolutePath, service: z.string() }),
  title: () => 'is the active',
  async plan({ home, port, version: major, service }, facts) {
    const [version, directory, state, server] = await Promise.all([
      artifactoryVersion(facts, home),
      varDirectory(facts, home),
      facts.get(unit(service)),
      facts.get(serverIdentity({ port })),
    ])
    const { bytes } = await facts.get(content(`${directory}/etc/artifactory/binarystore.xml`))
    const store = binaryStore(bytes?.toString())
    const wrong = [
      version === undefined && `no Artifactory is installed in ${home}`,
      state.active !== 'active' && `${service} does not run (${state.active}): it is not the active`,
      isUnavailable(server) && `its PostgreSQL does not answer on port ${port}: ${server.unavailable}`,
      !isUnavailable(server) && server.inRecovery && 'its database is in recovery: it is a standby',
      !isUnavailable(server) &&
        server.major !== major &&
        `it runs PostgreSQL ${server.major}, the inventory says ${major}`,
      !store.files && `its binaries are not plain files that can be copied (binarystore.xml: ${store.why})`,
    ].filter(reason => typeof reason === 'string')
    if (wrong.length > 0) throw new Refusal(`${facts.host} cannot be the active: ${wrong.join('; ')}`)
    return []
  },
})
