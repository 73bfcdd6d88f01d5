import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { file } from '../file.ts'
import { absolutePath } from '../params.ts'
import { publicKey } from './public-key.ts'

/** A known_hosts file with the host key of another host, read from its disk over our verified connection, not scanned. */
export const pinnedHostKey = defineTask({
  name: 'pinnedHostKey',
  params: z.strictObject({
    path: absolutePath,
    of: z.string().describe('Host or group'),
    address: z.string(),
    port: z.number().int().default(22),
    hostKey: absolutePath.default('/etc/ssh/ssh_host_ed25519_key.pub'),
  }),
  title: p => `host key of ${p.of} in ${p.path}`,
  async plan(p, facts) {
    const key = await publicKey(facts.on(p.of), p.hostKey)
    const name = p.port === 22 ? p.address : `[${p.address}]:${p.port}`
    return file({ path: p.path, content: `${name} ${key}\n`, mode: '0644', owner: 'root', group: 'root' }).plan(facts)
  },
})
