import type { Secret } from '../secret.ts'

/** How to get to a host. Ansible's names in an inventory: `ansible_host`, `ansible_port`, `ansible_user` ... */
export type ConnectionSettings =
  | { readonly type: 'local'; readonly becomePassword?: Secret }
  | {
      readonly type: 'ssh'
      /** Name or address to connect to, before ~/.ssh/config is asked. */
      readonly address: string
      readonly port?: number
      readonly user?: string
      readonly identityFiles?: readonly string[]
      /** Left out: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts, or what ssh_config says. */
      readonly knownHostsFile?: string
      /** Left out: ~/.ssh/config. `none`: no file is read. */
      readonly sshConfigFile?: string
      /** `[user@]host[:port]`, comma separated, as in ssh -J. */
      readonly proxyJump?: string
      /** `accept-new` trusts and stores a key never seen before (never a changed one). Default: refuse. */
      readonly hostKeyPolicy?: 'strict' | 'accept-new'
      readonly becomePassword?: Secret
      readonly connectTimeoutMs?: number
    }

/** A host of the inventory with its vars, checked by the playbook's schema. Frozen. */
export interface Host<V = unknown> {
  readonly name: string
  /** Every group it is in, parents included. `all` is among them only where the playbook names it. */
  readonly groups: readonly string[]
  readonly vars: V
  readonly connection: ConnectionSettings
}
