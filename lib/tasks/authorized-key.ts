import { z } from 'zod'
import { ensureKey, removeKey } from '../changes/edit/authorized-keys.ts'
import { editText } from '../changes/edit/text.ts'
import { editUserFile } from '../changes/edit-user-file.ts'
import { defineTask } from '../dsl/task.ts'
import { userName } from './params.ts'
import { publicKey } from './public-key.ts'
import { userFile } from './user-file.ts'

const value = z.string().regex(/^[^\n\r\0]+$/, 'must be one line')

const flags = [
  'agent-forwarding',
  'no-agent-forwarding',
  'port-forwarding',
  'no-port-forwarding',
  'pty',
  'no-pty',
  'user-rc',
  'no-user-rc',
  'X11-forwarding',
  'no-X11-forwarding',
  'cert-authority',
  'no-touch-required',
  'verify-required',
] as const

const optionsParam = z.strictObject({
  restrict: z.boolean().optional().describe('Nothing but what other options allow again'),
  command: value.optional().describe('Runs instead of what the client asks for'),
  from: z.array(value).min(1).optional().describe('Addresses or names it may come from'),
  expiryTime: z
    .string()
    .regex(/^\d{8}(\d{4,6})?Z?$/, 'must be YYYYMMDD or YYYYMMDDHHMM[SS], with Z for UTC')
    .optional(),
  permitOpen: z.array(value).optional(),
  permitListen: z.array(value).optional(),
  flags: z.array(z.enum(flags)).optional(),
})

const quoted = (name: string, text: string | undefined): string[] =>
  text === undefined ? [] : [`${name}="${text.replaceAll('"', '\\"')}"`]

/** In the order in which sshd must read them: `restrict` first, so that what allows again comes behind it. */
const showOptions = (o: z.output<typeof optionsParam>): string =>
  [
    ...(o.restrict ? ['restrict'] : []),
    ...quoted('command', o.command),
    ...quoted('from', o.from?.join(',')),
    ...quoted('expiry-time', o.expiryTime),
    ...(o.permitOpen ?? []).flatMap(at => quoted('permitopen', at)),
    ...(o.permitListen ?? []).flatMap(at => quoted('permitlisten', at)),
    ...(o.flags ?? []),
  ].join(',')

const params = z
  .strictObject({
    user: userName.describe('Who may log in with it'),
    key: publicKey.describe('One public key: type, base64, and perhaps a comment. Without a comment the old one stays'),
    options: optionsParam.default({}).describe('Exactly these; left out: none. sshd(8), AUTHORIZED_KEYS FILE FORMAT'),
    exclusive: z.boolean().default(false).describe('No other key may log in'),
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(p => !(p.exclusive && p.state === 'absent'), 'exclusive has no meaning for a key that is to be absent')

/**
 * A key may log in as a user, with exactly these options, or may not. Other lines of the user's authorized_keys stay byte
 * for byte. `~/.ssh` is 0700 and the file 0600, both the user's; a link in their place is refused.
 */
export const authorizedKey = defineTask({
  name: 'authorizedKey',
  params,
  title: p =>
    `${p.state === 'absent' ? 'no ' : ''}key ${p.key.comment ?? `${p.key.blob.slice(0, 24)}...`} of ${p.user}`,
  async plan(p, facts) {
    const of = await userFile(facts, p.user, 'authorized_keys')
    if (p.state === 'absent' && of.fileState.type === 'absent') return []
    const options = showOptions(p.options)
    return editUserFile(of, before =>
      editText(of.file, before, [options, p.key.comment ?? ''], text =>
        p.state === 'absent'
          ? removeKey(text, p.key.blob)
          : ensureKey(text, { options, ...p.key }, { exclusive: p.exclusive }),
      ),
    )
  },
})
