import { z } from 'zod'
import { change, claim } from '../../changes/change.ts'
import { sh } from '../../command.ts'
import { defineTask } from '../../dsl/task.ts'
import { Refusal } from '../../errors.ts'
import { content } from '../../facts/content.ts'
import { path } from '../../facts/path.ts'
import { absolutePath, groupName, userName } from '../params.ts'

/** `$1` path, `$2` owner, `$3` comment. ssh-keygen asks before it replaces a file, and here nobody answers. */
const generate = sh`
  cd / && runuser -u "$2" -- ssh-keygen -q -t ed25519 -N '' -C "$3" -f "$1" </dev/null >&2 && sync -- "$1" "$1.pub"`

/** An ssh key pair that is made on the host and never leaves it. One that is there stays. */
export const syncKey = defineTask({
  name: 'syncKey',
  params: z.strictObject({
    path: absolutePath,
    owner: userName,
    group: groupName,
    comment: z.string().regex(/^[\w@.-]+$/),
  }),
  title: p => `ssh key ${p.path}`,
  async plan(p, facts) {
    const [key, pub] = await Promise.all([facts.get(path(p.path)), facts.get(path(`${p.path}.pub`))])
    if (key.type === 'file' && pub.type === 'file') {
      if (key.mode !== '0600' || key.owner !== p.owner)
        throw new Refusal(
          `${p.path} belongs to ${key.owner} with mode ${key.mode}, and must be ${p.owner}'s alone (0600)`,
        )
      return []
    }
    if (key.type !== 'absent' || pub.type !== 'absent')
      throw new Refusal(`of the key pair ${p.path} one half is missing`, {
        hint: 'Remove the other; a new pair is made.',
      })
    return [
      change({
        summary: `make the ssh key ${p.path}`,
        command: { script: generate, args: [p.path, p.owner, p.comment], timeoutMs: 60_000 },
        makes: [
          claim(path(p.path), { type: 'file', mode: '0600', owner: p.owner, group: p.group }),
          claim(path(`${p.path}.pub`), { type: 'file', mode: '0644', owner: p.owner, group: p.group }),
        ],
        doubts: [{ about: 'the new public key', covers: fact => fact.key === content(`${p.path}.pub`).key }],
      }),
    ]
  },
})
