import type { LabHost } from '../../lab/lab.ts'
import type { Fault, Kind } from '../campaign.ts'
import { brief, type Trial } from '../trial.ts'

const bothHosts = async (trial: Trial, argv: readonly string[]): Promise<void> => {
  await Promise.all(trial.stage.hosts.map((host: LabHost) => host.run(argv)))
}

const sessions: Fault = {
  name: 'MaxSessions 1',
  async inject(trial) {
    const file = '/etc/ssh/sshd_config.d/one.conf'
    await bothHosts(trial, ['sh', '-c', 'echo MaxSessions 1 >"$1"; systemctl reload ssh', 'sh', file])
    try {
      const ended = await trial.end(trial.start())
      if (ended.code !== 0) trial.found(`exit code ${ended.code}: ${brief(ended)}`)
    } finally {
      await bothHosts(trial, ['sh', '-c', 'rm -f "$1"; systemctl reload ssh', 'sh', file])
    }
    await trial.checkEnd()
  },
}

const password: Fault = {
  name: 'wrong password for sudo',
  options: () => ({ inventory: { user: 'operator', vars: { ansible_become_password: 'not-the-password' } } }),
  async inject(trial) {
    const ended = await trial.end(trial.start())
    if (ended.code === 0 || ended.code === null) trial.found(`exit code ${ended.code}`)
    if (!/password/.test(brief(ended))) trial.found(`it does not say why: ${brief(ended)}`)
    if (trial.lines().size > 0) trial.found(`something was done: ${trial.told()}`)
    await trial.checkEnd({ done: false })
  },
}

const noises = {
  'a greeting': 'echo welcome; echo "have a lot of fun" >&2',
  'a greeting without a line end': 'printf welcome; printf "fun" >&2',
  'a megabyte': 'head -c 1000000 /dev/zero | tr "\\\\0" x; head -c 1000000 /dev/zero | tr "\\\\0" y >&2',
  'a shell that reads': 'read -t 1 -r line; echo "read $line"',
  'a shell that leaves': 'echo maintenance; exit 0',
  'something in the background': '(for i in 1 2 3 4 5 6 7 8 9 10; do echo still here; sleep 0.3; done) &',
}

const noise = (name: keyof typeof noises): Fault => ({
  name,
  async inject(trial) {
    const files = ['/home/admin/.bashrc', '/home/admin/.profile', '/root/.bashrc', '/root/.profile']
    const [host] = trial.stage.hosts
    const before = await Promise.all(
      files.map(file => host.run(['sh', '-c', 'cat "$1" 2>/dev/null; true', 'sh', file])),
    )
    const put = async (texts: readonly string[]): Promise<void> => {
      for (const [i, file] of files.entries())
        await host.run(['sh', '-c', 'cat >"$1"', 'sh', file], { input: texts[i] ?? '' })
    }
    await put(before.map(text => `${noises[name]}\n${text}`))
    try {
      const ended = await trial.end(trial.start())
      if (ended.code !== 0 && brief(ended) === '') trial.found('it does not say why')
    } finally {
      await put(before)
    }
    if (trial.codes[0] !== 0) await trial.goOn()
    await trial.checkEnd()
  },
})

export const shell: Kind = {
  name: 'login',
  about: 'MaxSessions 1, a wrong password for sudo, shells that print, read or leave',
  faults: (_, count = 8) =>
    [sessions, password, ...(Object.keys(noises) as (keyof typeof noises)[]).map(noise)].slice(0, count),
}
