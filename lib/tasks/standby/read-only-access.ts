import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { varDirectory } from '../artifactory/var-directory.ts'
import { file } from '../file.ts'
import { absolutePath, userName } from '../params.ts'
import { publicKey } from './public-key.ts'

/**
 * rrsync runs as Artifactory's own user: that one writes keys with mode 0600, which no group and no access control list can
 * open (a new file's mode is the mask of the list that it inherits, acl(5)). The account itself gets no more rights than to
 * run this one command, and a command with other words is another one, sudoers(5).
 */
const sudoers = (account: string, runAs: string, command: string): string =>
  `# Written by Baton; changes are overwritten.
Defaults:${account} env_keep += "SSH_ORIGINAL_COMMAND", !use_pty, !requiretty
${account} ALL=(${runAs}) NOPASSWD: ${command}
`

/**
 * Another host's key may log in to an account, and may do nothing but read Artifactory's var directory by rsync: rrsync is
 * all that ever runs. The file is root's, so that the account cannot give itself more, and holds this key alone.
 * https://man7.org/linux/man-pages/man8/sshd.8.html#AUTHORIZED_KEYS_FILE_FORMAT, https://download.samba.org/pub/rsync/rrsync.1
 */
export const readOnlyAccess = defineTask({
  name: 'readOnlyAccess',
  params: z.strictObject({
    account: userName,
    path: absolutePath.describe('authorized_keys of the account'),
    runAs: userName.describe('Whose files they are'),
    sudoers: absolutePath.describe('Where the account is allowed to run rrsync as that user'),
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
    const command = `/usr/bin/rrsync -ro -no-lock ${directory}`
    const may = `restrict,from="${p.address}",command="sudo -n -u ${p.runAs} ${command}"`
    const root = { owner: 'root', group: 'root' }
    const changes = await Promise.all([
      file({
        path: p.sudoers,
        content: sudoers(p.account, p.runAs, command),
        mode: '0440',
        validate: ['visudo', '-cf', '%s'],
        ...root,
      }).plan(facts),
      file({ path: p.path, content: `${may} ${key}\n`, mode: '0644', ...root }).plan(facts),
    ])
    return changes.flat()
  },
})
