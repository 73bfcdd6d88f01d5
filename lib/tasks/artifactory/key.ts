import { z } from 'zod'
import { claim } from '../../changes/change.ts'
import { defineTask } from '../../dsl/task.ts'
import { Refusal } from '../../errors.ts'
import { secretFile } from '../../facts/artifactory/secret-file.ts'
import { path } from '../../facts/path.ts'
import { Secret } from '../../secret.ts'
import { file } from '../file.ts'
import { absolutePath } from '../params.ts'

const params = z.strictObject({
  path: absolutePath,
  from: z.string().describe('Host or group that has the key'),
  fromPath: absolutePath,
  sign: absolutePath.describe('There once Artifactory has run on this host'),
  owner: z.string().default('artifactory'),
  group: z.string().default('artifactory'),
})

/**
 * A key of Artifactory is the other host's. One that differs is replaced only while Artifactory has never run here: what it
 * has encrypted with its key would be lost.
 * https://jfrog.com/help/r/jfrog-installation-setup-documentation/manage-keys
 */
export const key = defineTask({
  name: 'key',
  params,
  title: p => `key ${p.path} as on ${p.from}`,
  async plan(p, facts) {
    const other = facts.on(p.from)
    const [wanted, now, ran] = await Promise.all([
      other.get(secretFile(p.fromPath)),
      facts.get(secretFile(p.path)),
      facts.get(path(p.sign)),
    ])
    if (!wanted.secret?.reveal().trim())
      throw new Refusal(`${other.host} has no key ${p.fromPath}`, {
        hint:
          'With shared.security.masterKeyExternal the key is not kept on disk: it has to be placed on both hosts before ' +
          'each start. https://jfrog.com/help/r/jfrog-installation-setup-documentation/master-key-load-and-retention-in-memory',
      })
    const same = now.secret?.reveal().trim() === wanted.secret.reveal().trim()
    if (now.secret && !same && ran.type !== 'absent')
      throw new Refusal(
        `${p.path} differs between ${facts.host} and ${other.host}, and Artifactory has run on ${facts.host}`,
        {
          hint: `What ${facts.host} has encrypted with its own key would be lost. If nothing of that is needed, move the key away.`,
        },
      )
    const theirs = Secret.found(wanted.secret.reveal())
    const content = same && now.secret ? now.secret : theirs
    const changes = await file({ path: p.path, content, mode: '0640', owner: p.owner, group: p.group }).plan(facts)
    return changes.map(c => ({ ...c, makes: [...c.makes, claim(secretFile(p.path), { secret: content })] }))
  },
})
