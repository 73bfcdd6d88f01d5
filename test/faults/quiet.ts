import { setTimeout as sleep } from 'node:timers/promises'
import type { LabHost } from '../lab/lab.ts'
import { look } from '../lab/machine/container.ts'
import type { Process } from '../lab/machine/processes.ts'

/** Programs of a login, of sudo and of jobs; what systemd keeps of a user for a while after the last logout is none. */
const ofRuns = ({ argv }: Process): boolean =>
  /(^|\/)(sudo|sleep|tee|mktemp|systemctl|sync)$/.test(argv[0] ?? '') ||
  /^sshd(-session|-auth)?: (admin|operator)/.test(argv[0] ?? '') ||
  (/(^|\/)(sh|dash|bash)$/.test((argv[0] ?? '').replace(/^-/, '')) && !argv.some(word => word.includes('systemd')))

const left = (hosts: readonly LabHost[]): readonly string[] =>
  hosts.flatMap(host =>
    look(host.files)
      .inside.filter(ofRuns)
      .map(({ argv, pid }) => `${host.name}: process ${pid}: ${argv.join(' ').slice(0, 120)}`),
  )

/** What is left of runs on the hosts, after it had time to end. */
export const processesLeft = async (hosts: readonly LabHost[], ms: number): Promise<readonly string[]> => {
  for (const until = performance.now() + ms; ; await sleep(100)) {
    const now = left(hosts)
    if (now.length === 0 || performance.now() > until) return now
  }
}
