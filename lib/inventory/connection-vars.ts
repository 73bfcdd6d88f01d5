import { join, resolve } from 'node:path'
import { z } from 'zod'
import { Secret, SHORTEST_SECRET } from '../secret.ts'
import type { ConnectionSettings } from './host.ts'

const text = z
  .string()
  .min(1)
  .refine(value => !value.includes('{{'), 'must not have {{ }} in it: templates are not evaluated here')

/** A program may print sudo's password by mistake: one that could not be masked then is not taken. */
export const tooShort = `must have at least ${SHORTEST_SECRET} characters: a shorter one cannot be kept out of reports`

const password = z
  .string()
  .min(SHORTEST_SECRET, tooShort)
  // It answers a prompt on stdin: what is behind a line end would be read by the shell that sudo starts.
  .refine(value => !/[\n\r\0]/.test(value), 'must be one line, without NUL')
  .transform(value => new Secret(value))

const port = z.preprocess(
  value => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
  z.number().int().min(1).max(65_535),
)

/** The vars that say how to get to a host. They are not part of the playbook's vars. */
export const connectionVars = z.strictObject({
  ansible_connection: z.enum(['ssh', 'local']).optional().describe('local: this machine, without ssh'),
  ansible_host: text.optional().describe('Name or address to connect to. Left out: the name in the inventory'),
  ansible_port: port.optional(),
  ansible_user: text.optional().describe('The login user'),
  ansible_ssh_host: text.optional().describe('The same as ansible_host'),
  ansible_ssh_port: port.optional(),
  ansible_ssh_user: text.optional().describe('The same as ansible_user'),
  ansible_ssh_private_key_file: text.optional(),
  ansible_private_key_file: text.optional().describe('The same'),
  ansible_become_password: password.optional().describe("sudo's password"),
  ansible_become_pass: password.optional().describe('The same'),
  ssh_known_hosts_file: text.optional(),
  ssh_config_file: text.optional().describe('none: no file is read'),
  ssh_proxy_jump: text.optional().describe('[user@]host[:port], comma separated'),
  ssh_host_key_policy: z.enum(['strict', 'accept-new']).optional(),
  ssh_connect_timeout: z.number().positive().optional().describe('Seconds'),
})

export const connectionNames: readonly string[] = Object.keys(connectionVars.shape)

/** Two names of one thing: a host may have one of them. */
export const sameVars = [
  ['ansible_host', 'ansible_ssh_host'],
  ['ansible_port', 'ansible_ssh_port'],
  ['ansible_user', 'ansible_ssh_user'],
  ['ansible_ssh_private_key_file', 'ansible_private_key_file'],
  ['ansible_become_password', 'ansible_become_pass'],
] as const satisfies readonly (readonly [keyof typeof connectionVars.shape, keyof typeof connectionVars.shape])[]

export interface Places {
  /** Relative paths are relative to it. */
  readonly cwd: string
  readonly home: string
}

const absolute = (path: string, { cwd, home }: Places): string =>
  path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : resolve(cwd, path)

export const connectionSettings = (
  name: string,
  vars: z.output<typeof connectionVars>,
  places: Places,
): ConnectionSettings => {
  const secret = vars.ansible_become_password ?? vars.ansible_become_pass
  const become = secret && { becomePassword: secret }
  if (vars.ansible_connection === 'local') return Object.freeze({ type: 'local', ...become })
  const config = vars.ssh_config_file
  const port = vars.ansible_port ?? vars.ansible_ssh_port
  const user = vars.ansible_user ?? vars.ansible_ssh_user
  const key = vars.ansible_ssh_private_key_file ?? vars.ansible_private_key_file
  return Object.freeze({
    type: 'ssh',
    address: vars.ansible_host ?? vars.ansible_ssh_host ?? name,
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    ...(key !== undefined && { identityFiles: Object.freeze([absolute(key, places)]) }),
    ...(vars.ssh_known_hosts_file !== undefined && { knownHostsFile: absolute(vars.ssh_known_hosts_file, places) }),
    ...(config !== undefined && { sshConfigFile: config === 'none' ? config : absolute(config, places) }),
    ...(vars.ssh_proxy_jump !== undefined && { proxyJump: vars.ssh_proxy_jump }),
    ...(vars.ssh_host_key_policy !== undefined && { hostKeyPolicy: vars.ssh_host_key_policy }),
    ...(vars.ssh_connect_timeout !== undefined && { connectTimeoutMs: Math.round(vars.ssh_connect_timeout * 1000) }),
    ...become,
  })
}
