import { z } from 'zod'
import { play, playbook } from '#dsl'
import { directory } from '#tasks/directory'
import { file } from '#tasks/file'
import { packages } from '#tasks/packages'
import { service } from '#tasks/service'
import { symlink } from '#tasks/symlink'
import { user } from '#tasks/user'

const numbers = (n: number): readonly string[] => Array.from({ length: n }, (_, i) => String(i + 1).padStart(2, '0'))

/** Fifty tasks of the everyday kinds; `floor.sh` makes the very same checks by hand. */
export default playbook({
  name: 'Fifty tasks',
  groups: ['bench'],
  vars: z.strictObject({}),
  plays: _ => [
    play('Fifty tasks', { hosts: 'bench', become: true }, [
      directory({ path: '/srv/bench', mode: '0755', owner: 'root', group: 'root' }),
      ...numbers(8).map(n => directory({ path: `/srv/bench/d${n}`, mode: '0750', owner: 'root', group: 'daemon' })),
      ...numbers(30).map(n =>
        file({ path: `/srv/bench/f${n}`, content: `file ${n}\n`, mode: '0644', owner: 'root', group: 'root' }),
      ),
      ...numbers(4).map(n => symlink({ path: `/srv/bench/l${n}`, target: `f${n}` })),
      ...['daemon', 'bin'].map(name => user({ name })),
      packages({ names: ['rsync', 'sudo', 'openssh-server'] }),
      ...['ssh', 'dbus', 'systemd-journald', 'systemd-logind'].map(name => service({ name, state: 'started' })),
    ]),
  ],
})
