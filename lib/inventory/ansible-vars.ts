import type { Traced } from './traced.ts'

/** A var of Ansible's that would change how a host is reached or who runs there, and that Baton does another way. */
interface Refused {
  readonly hint: string
  /** Values, in lower case, with which it changes nothing. */
  readonly harmless?: readonly string[]
}

const KEYS = 'Baton logs in with keys: load one into ssh-agent, or name it with ansible_ssh_private_key_file.'
const CONFIG = 'Put it into ~/.ssh/config (or the file of ssh_config_file); a jump host is ssh_proxy_jump.'
const BECOME = 'Give the play, or the task, become: true or the name of a user.'
const POLICY = 'Write ssh_host_key_policy: accept-new, or strict.'
const SUDO = 'Baton becomes another user by sudo, as it is.'
const yes = ['true', 'yes', 'on', '1']
const no = ['false', 'no', 'off', '0']

/**
 * Sources: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/ssh_connection.html and
 * https://docs.ansible.com/ansible/latest/collections/ansible/builtin/sudo_become.html
 */
const refused: Readonly<Record<string, Refused>> = {
  ansible_password: { hint: KEYS },
  ansible_ssh_pass: { hint: KEYS },
  ansible_ssh_password: { hint: KEYS },
  ansible_ssh_private_key: { hint: KEYS },
  ansible_ssh_private_key_passphrase: { hint: KEYS },
  ansible_private_key_passphrase: { hint: KEYS },
  ansible_ssh_pkcs11_provider: { hint: CONFIG },
  ansible_ssh_args: { hint: CONFIG },
  ansible_ssh_common_args: { hint: CONFIG },
  ansible_ssh_extra_args: { hint: CONFIG },
  ansible_ssh_executable: { hint: CONFIG },
  ansible_paramiko_proxy_command: { hint: CONFIG },
  ansible_host_key_checking: { hint: POLICY, harmless: yes },
  ansible_ssh_host_key_checking: { hint: POLICY, harmless: yes },
  ansible_become: { hint: BECOME, harmless: no },
  ansible_become_user: { hint: BECOME, harmless: ['root'] },
  ansible_become_method: { hint: SUDO, harmless: ['sudo', 'ansible.builtin.sudo'] },
  ansible_become_exe: { hint: SUDO, harmless: ['sudo', '/usr/bin/sudo'] },
  ansible_become_flags: { hint: SUDO },
  ansible_sudo: { hint: BECOME, harmless: no },
  ansible_sudo_user: { hint: BECOME, harmless: ['root'] },
  ansible_sudo_pass: { hint: 'Write ansible_become_password.' },
  ansible_sudo_password: { hint: 'Write ansible_become_password.' },
  ansible_shell_type: { hint: 'Every command runs in the sh of the host.', harmless: ['sh'] },
}

/** They look like misspellings of what Baton knows, and say nothing of how a host is reached or who runs there. */
const ignored: readonly string[] = [
  'ansible_async_dir',
  'ansible_control_path',
  'ansible_control_path_dir',
  'ansible_executable',
  'ansible_pipelining',
  'ansible_python_interpreter',
  'ansible_remote_tmp',
  'ansible_scp_extra_args',
  'ansible_scp_if_ssh',
  'ansible_sftp_batch_mode',
  'ansible_sftp_extra_args',
  'ansible_shell_executable',
  'ansible_ssh_control_path',
  'ansible_ssh_control_path_dir',
  'ansible_ssh_pipelining',
  'ansible_ssh_retries',
  'ansible_ssh_timeout',
  'ansible_ssh_transfer_method',
  'ansible_ssh_use_tty',
  'ansible_ssh_verbosity',
  'ansible_timeout',
]

export const isRefusedName = (name: string): boolean => Object.hasOwn(refused, name)

export const isIgnoredName = (name: string): boolean => ignored.includes(name)

/** The Baton way, for a var that is refused with this value. */
export const batonWay = (name: string, value: Traced): string | undefined => {
  const rule = isRefusedName(name) ? refused[name] : undefined
  const text = value.kind === 'scalar' ? String(value.value).toLowerCase() : undefined
  return rule && !(text !== undefined && rule.harmless?.includes(text)) ? rule.hint : undefined
}
