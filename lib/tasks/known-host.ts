import { z } from 'zod'
import { ensureHostKey, knownHostName, removeHostKey } from '../changes/edit/known-hosts.ts'
import { editText } from '../changes/edit/text.ts'
import { editFile } from '../changes/edit-file.ts'
import { editUserFile } from '../changes/edit-user-file.ts'
import { defineTask } from '../dsl/task.ts'
import { fileToEdit } from './file-to-edit.ts'
import { absolutePath, userName } from './params.ts'
import { publicKey } from './public-key.ts'
import { userFile } from './user-file.ts'

const params = z
  .strictObject({
    host: z
      .string()
      .regex(/^[^\s,|*?!@#[\]]+$/, 'must be one name or address, without port or pattern')
      .describe('As clients name it'),
    port: z.number().int().min(1).max(65535).default(22),
    key: publicKey.optional().describe('Its public key. Left out, with state absent: any key'),
    user: userName.optional().describe("Whose ~/.ssh/known_hosts. Left out: everybody's, the file at `path`"),
    path: absolutePath.default('/etc/ssh/ssh_known_hosts').describe('The file for all users, 0644 when it is made'),
    replace: z.boolean().default(false).describe('Another key of the same type goes. Left out: refused'),
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(p => p.key !== undefined || p.state === 'absent', 'give key')

/**
 * A host is known by this key, or is not known. A changed key is refused unless `replace` is given; a revoked one always. Other
 * hosts' lines, and keys of another type, stay byte for byte.
 */
export const knownHost = defineTask({
  name: 'knownHost',
  params,
  title: p => `${p.state === 'absent' ? 'no ' : ''}host key of ${knownHostName(p.host, p.port)}`,
  async plan({ host, port, key, user, path, replace, state }, facts) {
    const name = knownHostName(host, port)
    const edit = (file: string) => (before: Buffer) =>
      editText(file, before, [name], text =>
        key && state === 'present' ? ensureHostKey(file, text, name, key, { replace }) : removeHostKey(text, name, key),
      )
    if (user !== undefined) {
      const of = await userFile(facts, user, 'known_hosts')
      return state === 'absent' && of.fileState.type === 'absent' ? [] : editUserFile(of, edit(of.file))
    }
    const [now, has] = await fileToEdit(facts, { path, create: state === 'present' })
    if (state === 'absent' && now.type === 'absent') return []
    return editFile({ path, create: true }, now, has, before => ({ bytes: edit(path)(before) }))
  },
})
