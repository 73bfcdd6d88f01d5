import { z } from 'zod'
import { excludesOf, rsyncExcludes } from '../../../templates/standby/excludes.ts'
import type { SyncSettings } from '../../../templates/standby/sync-script.ts'
import { defineTask } from '../../dsl/task.ts'
import { Refusal } from '../../errors.ts'
import { varDirectory } from '../artifactory/var-directory.ts'
import { artifactoryVersion } from '../artifactory/version.ts'
import { file } from '../file.ts'
import { absolutePath } from '../params.ts'

type Known = Omit<SyncSettings, 'artifactoryVersion' | 'destination'>

/** The script of the synchronisation job and its list of excludes, for the version and the directories found on the host. */
export const syncScriptFile = defineTask({
  name: 'syncScriptFile',
  params: z.strictObject({
    path: absolutePath,
    home: absolutePath,
    settings: z.custom<Known>(),
    render: z.custom<(settings: SyncSettings) => string>(value => typeof value === 'function'),
  }),
  title: p => `synchronisation job ${p.path}`,
  async plan(p, facts) {
    const version = await artifactoryVersion(facts, p.home)
    if (version === undefined) throw new Refusal(`no Artifactory is installed in ${p.home}`)
    try {
      excludesOf(version)
    } catch (error) {
      throw new Refusal(`Artifactory ${version} cannot be synchronised: what to leave out is not known`, {
        cause: error,
      })
    }
    // Where uploads are on their way, wherever the filestore is.
    const uploads = `/${p.settings.filestorePath}/_pre/\n`
    const excludes = rsyncExcludes(version)
    const destination = await varDirectory(facts, p.home)
    const script = p.render({ ...p.settings, artifactoryVersion: version, destination })
    const changes = await Promise.all([
      file({
        path: p.settings.excludesFile,
        content: excludes.includes(`\n${uploads}`) ? excludes : excludes + uploads,
        mode: '0644',
      }).plan(facts),
      file({ path: p.path, content: script, mode: '0755' }).plan(facts),
    ])
    return changes.flat()
  },
})
