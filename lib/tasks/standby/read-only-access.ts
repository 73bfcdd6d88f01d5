import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { varDirectory } from '../artifactory/var-directory.ts'
import { file } from '../file.ts'
import { absolutePath } from '../params.ts'
import { publicKey } from './public-key.ts'

/**
 * Another host's key may log in to an account, and may do nothing but read Artifactory's var directory by rsync: rrsync is
 * all that ever runs. The file is root's, so that the account cannot give itself more, and holds this key alone.
 * https://man7.org/linux/man-pages/man8/sshd.8.html#AUTHORIZED_KEYS_FILE_FORMAT, https://download.samba.org/pub/rsync/rrsync.1
 */
export const readOnlyAccess = defineTask({
  name: 'readOnlyAccess',
  params: z.strictObject({
    path: absolutePath.describe('authorized_keys of the account'),
    home: absolutePath.describe('Of Artifactory'),
    of: z.string().describe('Host or group whose key it is'),
    publicKey: absolutePath.describe('Where the public key is there'),
    address: z
      .string()
      .regex(/^[0-9a-fA-F.:]+$/, 'must be an address')
      .describe('From where the key may be used'),
  }),
  title: p => `${p.of} may read Artifactory's files`,
  async plan(p, facts) {
    const directory = await varDirectory(facts, p.home)
    absolutePath.regex(/^[\w./-]+$/).parse(directory)
    const key = await publicKey(facts.on(p.of), p.publicKey)
    const may = `restrict,from="${p.address}",command="/usr/bin/rrsync -ro -no-lock ${directory}"`
    return file({ path: p.path, content: `${may} ${key}\n`, mode: '0644', owner: 'root', group: 'root' }).plan(facts)
  },
})
