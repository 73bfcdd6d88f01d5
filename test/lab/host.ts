import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { LabError } from './error.ts'
import { boot, type Container, cutPower, freeze, isFrozen, look, thaw } from './machine/container.ts'
import { setPort } from './machine/network.ts'
import { until } from './machine/processes.ts'
import { attempt, type Ended, type RunOptions } from './machine/run.ts'
import type { HostNames, LabNames } from './names.ts'

/** Where a program runs on a lab host, and what it reads. */
export interface ExecOptions extends RunOptions {
  /** Default: root. */
  readonly user?: string
}

/** A host of the lab that has been made. Everything here acts from outside, with the machine's own powers, not over SSH. */
export class LabHost {
  readonly name: string
  readonly address: string
  readonly files: HostNames
  readonly #lab: LabNames
  readonly #index: number

  constructor(lab: LabNames, files: HostNames, index: number, address: string) {
    this.name = files.name
    this.address = address
    this.files = files
    this.#lab = lab
    this.#index = index
  }

  /** Directory in which every file shows that the host wrote or removed since it was made (overlayfs upper). */
  get upper(): string {
    return this.files.upper
  }

  status(): 'off' | 'frozen' | 'running' {
    const container = look(this.files)
    if (container.leader === undefined) return 'off'
    return isFrozen(container) ? 'frozen' : 'running'
  }

  /** Runs a program as root inside the host and reports however it ends. Throws `LabError` when the host is off. */
  async exec(argv: readonly string[], { user, ...options }: ExecOptions = {}): Promise<Ended> {
    const enter = ['nsenter', `--target=${this.#leader()}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup']
    const home = user === undefined ? ['HOME=/root', 'USER=root'] : []
    const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    const environment = ['env', '-i', path, 'LANG=C.UTF-8', ...home]
    const become = user === undefined ? [] : ['runuser', '-u', user, '--']
    return attempt([...enter, '--', ...environment, ...become, ...argv], options)
  }

  /** Runs a program that has to succeed; returns its stdout. */
  async run(argv: readonly string[], options: ExecOptions = {}): Promise<string> {
    const ended = await this.exec(argv, options)
    if (ended.code === 0) return ended.stdout
    const how = ended.code ?? ended.signal ?? 'lost'
    throw new LabError(`${this.name}: ${argv.join(' ')}: ${how}\n${(ended.stderr || ended.stdout).trim()}`)
  }

  /** Puts a file of this machine, or bytes, onto the host. `mode` is octal text. */
  async copyIn(source: string | Buffer, path: string, { owner = 'root:root', mode = '0644' } = {}): Promise<void> {
    const input = typeof source === 'string' ? await readFile(source) : source
    const script = 'cat >"$1" && chown "$2" "$1" && chmod "$3" "$1"'
    await this.run(['sh', '-c', script, 'sh', path, owner, mode], { input })
  }

  /** Boots it, or thaws it, plugs it in, and waits until it lets people log in. */
  async start(): Promise<void> {
    const container = look(this.files)
    if (container.leader === undefined) {
      await this.#clear(container)
      await boot(this.files)
    } else if (container.inside.some(process => process.state === 'T')) thaw(this.files)
    await this.ready()
  }

  /** Waits for a login to be possible: boot finished, sshd answers. */
  async ready(timeoutMs = 60_000): Promise<void> {
    await until(`${this.name}: still booting (its console: ${this.files.console})`, timeoutMs, async () => {
      if (look(this.files).leader === undefined) return undefined
      const { stdout } = await this.exec(['systemctl', 'is-system-running'])
      return /^(running|degraded)/.test(stdout) ? true : undefined
    })
    await until(`${this.name}: no answer from sshd`, timeoutMs, () => greets(this.address))
  }

  /** Ends the host as pulling its plug does: nothing inside gets to finish. What was written stays. */
  async powerCut(): Promise<void> {
    await cutPower(this.files)
  }

  /** Shuts the host down in order. */
  async powerOff(): Promise<void> {
    await this.exec(['systemctl', 'poweroff'])
    await until(`${this.name}: does not power off`, 120_000, () => {
      const { leader, keepers } = look(this.files)
      return leader === undefined && keepers.length === 0 ? true : undefined
    })
  }

  /** Reboots in order, asked for from inside. */
  async reboot(): Promise<void> {
    const before = this.#leader()
    await this.exec(['systemctl', 'reboot'])
    await until(`${this.name}: does not reboot`, 120_000, () => {
      const { leader } = look(this.files)
      return leader !== undefined && leader !== before ? true : undefined
    })
    await this.ready()
  }

  /** Stops all its processes (SIGSTOP): connections stay open, nothing answers. */
  async freeze(): Promise<void> {
    await freeze(this.files)
  }

  thaw(): void {
    thaw(this.files)
  }

  /** Pulls its network cable: nobody reaches it and it reaches nobody. */
  async partition(): Promise<void> {
    await setPort(this.#lab, this.#index, 'down')
  }

  async heal(): Promise<void> {
    await setPort(this.#lab, this.#index, 'up')
    await attempt(['nsenter', `--net=/run/netns/${this.files.netns}`, 'nft', 'delete', 'table', 'inet', 'lab'])
  }

  /** Drops what comes from the other host, in this direction only; everybody else still reaches it. `heal` ends it. */
  async deafTo(other: LabHost): Promise<void> {
    const rule = `ip saddr ${other.address} drop`
    const rules = `table inet lab {\n chain input {\n type filter hook input priority 0\n ${rule}\n }\n}\n`
    const ended = await attempt(['nsenter', `--net=/run/netns/${this.files.netns}`, 'nft', '-f', '-'], { input: rules })
    if (ended.code !== 0) throw new LabError(`nft: ${ended.stderr}`, 'The kernel may have no nftables.')
  }

  #leader(): number {
    const { leader } = look(this.files)
    if (leader === undefined) throw new LabError(`${this.name} is off`, '`npm run lab -- up` starts it.')
    return leader
  }

  /** A kill may have left a keeper without a host, or a host without its init. */
  async #clear({ keepers, inside }: Container): Promise<void> {
    if (keepers.length + inside.length > 0) await cutPower(this.files)
  }
}

/** Whether sshd sends its greeting, RFC 4253 section 4.2. */
function greets(address: string): Promise<true | undefined> {
  return new Promise(resolve => {
    const socket = connect({ host: address, port: 22, timeout: 1000 })
    const done = (answer: true | undefined): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', bytes => done(bytes.toString('latin1').startsWith('SSH-2.0-') ? true : undefined))
    socket.once('error', () => done(undefined))
    socket.once('close', () => done(undefined))
    socket.once('timeout', () => done(undefined))
  })
}
