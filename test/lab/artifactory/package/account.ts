import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { account, paths } from '../layout.ts'

const run = promisify(execFile)

/**
 * Makes user and group artifactory inside ROOT, with the numbers that the real collection uses, so that files on shared
 * storage keep their owner. Fails when the name is there with other numbers.
 */
export async function ensureAccount(root: string): Promise<void> {
  const { user, group, uid, gid } = account
  const heldGroup = await entry(join(root, 'etc/group'), group)
  if (heldGroup === undefined) await run('chroot', [root, 'groupadd', '--gid', `${gid}`, group])
  else if (heldGroup[2] !== `${gid}`) throw new Error(`group ${group} in ${root} has gid ${heldGroup[2]}, not ${gid}`)

  const heldUser = await entry(join(root, 'etc/passwd'), user)
  if (heldUser === undefined) {
    const options = ['--uid', `${uid}`, '--gid', group, '--no-create-home', '--home-dir', paths.var]
    await run('chroot', [root, 'useradd', ...options, '--shell', '/usr/sbin/nologin', user])
  } else if (heldUser[2] !== `${uid}`) throw new Error(`user ${user} in ${root} has uid ${heldUser[2]}, not ${uid}`)
}

async function entry(file: string, name: string): Promise<string[] | undefined> {
  const text = await readFile(file, 'utf8')
  return text
    .split('\n')
    .map(line => line.split(':'))
    .find(fields => fields[0] === name)
}
