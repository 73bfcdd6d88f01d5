import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Event } from '../../lib/event.ts'
import { parseJournal } from '../../lib/journal/read.ts'
import type { LabHost } from '../lab/lab.ts'
import { Controller, type Ended } from './controller-process.ts'
import { filesOf, linesOf, logOf, unitName } from './expected.ts'
import type { Fault } from './fault.ts'
import { leaseOn } from './leases.ts'
import { filesThere, leftovers } from './leftovers.ts'
import { processesLeft } from './quiet.ts'
import { type InventoryOptions, removeFolder, type Stage, writeInventory } from './stage.ts'
import { contentOf, Watcher } from './watcher.ts'

/** A host is free again so many seconds after a run was last heard of. */
export const LEASE_SECONDS = 6

/** Longer than the longest that a run may take on a machine that has much else to do. */
const HANGS_MS = 150_000

const lastOf = ({ events }: Controller): string => JSON.stringify(events.at(-1) ?? 'nothing').slice(0, 300)

const seed = `
systemctl daemon-reload
mkdir -p "$1" && cat >"$1/large" && printf 'this is %s\\n' "$2" >"$1/small" && printf '%s' "$4" >"/etc/systemd/system/$3" && chmod 644 "/etc/systemd/system/$3"`

export interface StartOptions {
  readonly fault?: Fault
  readonly argv?: readonly string[]
  /** Another run's word, where two are at work. */
  readonly token?: string
  readonly inventory?: string
  /** Seconds between the lines of the long command. */
  readonly pause?: number
}

export interface GoOnOptions extends Pick<StartOptions, 'inventory' | 'token' | 'pause'> {
  readonly mayDoubt?: boolean
  /** Left out: the last one. */
  readonly run?: string
}

/** Tasks of which a run said that nobody knows what became of them. */
export const doubtsOf = (events: readonly Event[]): readonly string[] =>
  events.flatMap(e =>
    e.type === 'task' && e.state === 'ended' && e.outcome === 'unknown' ? [`${e.host} ${e.title}`] : [],
  )

/** One fault: what is prepared for it, the runs that meet it, and what is looked at afterwards. */
export class Trial {
  readonly stage: Stage
  readonly name: string
  readonly token: string
  readonly before: string
  readonly root: string
  readonly folder: string
  readonly journals: string
  readonly findings: string[] = []
  readonly codes: (number | null)[] = []
  mostKib = 0
  readonly #mayRepeat = new Map<string, number>()
  /** Runs that began anew: each may do again what is no state. */
  anew = 0
  #watcher: Watcher | undefined
  #inventory = ''
  #there: readonly ReadonlySet<string>[] = []
  readonly #controllers: Controller[] = []

  private constructor(stage: Stage, name: string, folder: string, id: string) {
    this.stage = stage
    this.name = name
    this.token = `new-${id}`
    this.before = `old-${id}`
    this.root = `/srv/faults/${id}`
    this.folder = folder
    this.journals = join(folder, 'runs')
  }

  static async begin(
    stage: Stage,
    name: string,
    folder: string,
    id: string,
    { inventory = {}, tokens = [] }: { inventory?: InventoryOptions; tokens?: readonly string[] } = {},
  ): Promise<Trial> {
    const trial = new Trial(stage, name, join(folder, id), id)
    trial.#inventory = writeInventory(stage, trial.folder, inventory)
    const { root, before, token } = trial
    const old = filesOf(root, before)
    await Promise.all(
      stage.hosts.map(host =>
        host.run(['sh', '-c', seed, 'sh', root, before, unitName, old[`/etc/systemd/system/${unitName}`] ?? ''], {
          input: old[`${root}/large`] ?? '',
        }),
      ),
    )
    trial.#there = await Promise.all(stage.hosts.map(filesThere))
    trial.#watcher = new Watcher(stage.hosts, root, [token, ...tokens], before)
    return trial
  }

  /** Once more than otherwise, by host and title. */
  mayRepeat(host: string, title: string): void {
    const key = `${host} ${title}`
    this.#mayRepeat.set(key, (this.#mayRepeat.get(key) ?? 0) + 1)
  }

  found(what: string): void {
    this.findings.push(what)
  }

  start({
    fault,
    argv = [],
    token = this.token,
    inventory = this.#inventory,
    pause = 0.2,
  }: StartOptions = {}): Controller {
    const vars = { root: this.root, token, pause: `"${pause}"` }
    const controller = new Controller(
      [
        'test/faults/playbook.ts',
        ...['-i', inventory, '--journal', this.journals, '--lease-seconds', String(LEASE_SECONDS)],
        ...Object.entries(vars).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
        ...argv,
      ],
      fault,
    )
    this.#controllers.push(controller)
    return controller
  }

  /** Waits for the end, and looks at what it says. Success is believed only when all is there. */
  async end(controller: Controller, token = this.token): Promise<Ended> {
    const patience = setTimeout(() => {
      this.found(`it hung: nothing came of it in ${HANGS_MS / 1000} s; the last it said: ${lastOf(controller)}`)
      controller.signal('SIGKILL')
    }, HANGS_MS)
    const ended = await controller.ended
    clearTimeout(patience)
    this.codes.push(ended.code)
    this.mostKib = Math.max(this.mostKib, ended.mostKib)
    if (ended.code === 0) for (const wrong of this.missing(token)) this.found(`exit code 0, and ${wrong}`)
    if (/This is a mistake in Baton/.test(ended.stderr)) this.found(`it crashed: ${ended.stderr.slice(0, 600)}`)
    // It was said that it was ended on purpose: then it is begun again.
    for (const event of ended.events)
      if (
        event.type === 'task' &&
        event.state === 'ended' &&
        /ended before it was done/.test(event.error?.message ?? '')
      )
        this.mayRepeat(event.host, event.title)
    const bug = ended.events.find(
      e =>
        (e.type === 'task' && e.state === 'ended' && e.error?.kind === 'bug') ||
        (e.type === 'unreachable' && e.error.kind === 'bug'),
    )
    if (bug) this.found(`a bug was reported: ${JSON.stringify(bug).slice(0, 600)}`)
    return ended
  }

  /**
   * Goes on with --resume until all is done, or anew where there is nothing to go on with. `mayDoubt`: the fault may have
   * ended a command on a host unseen, which a resumed run then says, and does not do again.
   */
  async goOn({ mayDoubt = false, run, ...rest }: GoOnOptions = {}): Promise<void> {
    let argv: readonly string[] = [run === undefined ? '--resume' : `--resume=${run}`]
    const { token } = rest
    for (let attempt = 1; attempt <= 6; attempt++) {
      if (argv.length === 0) this.anew++
      const ended = await this.end(this.start({ argv, ...rest }), token)
      if (ended.code === 0) return
      if (ended.code === 1 && /ended well; there is nothing to go on with/.test(ended.stderr)) {
        for (const wrong of this.missing(token)) this.found(`nothing is left to resume, and ${wrong}`)
        return
      }
      if (ended.code === 1 && /there is no journal of/.test(ended.stderr)) {
        if (this.lines().size > 0) this.found(`there is no journal, and something was done: ${this.told()}`)
        argv = []
        this.anew--
        continue
      }
      const doubts = doubtsOf(ended.events)
      if (mayDoubt && /ended before it was done/.test(brief(ended))) continue
      if (mayDoubt && doubts.length > 0) {
        this.checkNotTwice()
        argv = []
        continue
      }
      this.found(`attempt ${attempt} to go on (${argv.join(' ') || 'anew'}) came to ${ended.code}: ${brief(ended)}`)
      await sleep(1000)
    }
    this.found('it never got done')
  }

  /** The lines of the hosts' logs, with how often each is there. */
  lines(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const host of this.stage.hosts)
      for (const line of (contentOf(host, logOf(this.root)) ?? '').split('\n').filter(Boolean)) {
        const key = `${host.name} ${line}`
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
    return counts
  }

  told(): string {
    return [...this.lines()].map(([line, n]) => `${n} x "${line}"`).join(', ')
  }

  /** What is not as it is to be at the end. */
  missing(token = this.token): readonly string[] {
    const lines = this.lines()
    return this.stage.hosts.flatMap(host => [
      ...Object.entries(filesOf(this.root, token))
        .filter(([path, text]) => contentOf(host, path) !== text)
        .map(([path]) => `${host.name}: ${path} is not the new one`),
      ...Object.entries(linesOf(token))
        .filter(([line, { least }]) => (lines.get(`${host.name} ${line}`) ?? 0) < least)
        .map(([line]) => `${host.name}: "${line}" was done ${lines.get(`${host.name} ${line}`) ?? 0} times`),
    ])
  }

  /** Nothing was done more often than it was told to be. */
  checkNotTwice(token = this.token): void {
    const lines = this.lines()
    for (const host of this.stage.hosts)
      for (const [line, { title, most }] of Object.entries(linesOf(token))) {
        const count = lines.get(`${host.name} ${line}`) ?? 0
        const again = this.#mayRepeat.get(`${host.name} ${title}`) ?? 0
        const may = most * (1 + this.anew) + again
        if (count > may) this.found(`run twice: ${host.name}: "${line}" is there ${count} times`)
      }
  }

  /** Everything that is true of hosts and journals once no run is at work any more. */
  async checkEnd({ done = true, token = this.token, settleMs = 5000, leftBehind = true } = {}): Promise<void> {
    for (const controller of this.#controllers)
      if (!controller.over) {
        this.found('a controller was still at work')
        controller.signal('SIGKILL')
      }
    if (done) for (const wrong of this.missing(token)) this.found(`at the end ${wrong}`)
    this.checkNotTwice(token)
    for (const one of await processesLeft(this.stage.hosts, settleMs)) this.found(`still there: ${one}`)
    for (const [i, host] of this.stage.hosts.entries()) {
      if (leftBehind) for (const one of await leftovers(host, this.#there[i] ?? new Set())) this.found(one)
      await this.#checkLease(host, done)
    }
    this.#checkJournals()
  }

  async #checkLease(host: LabHost, released: boolean): Promise<void> {
    const { left, lease } = await leaseOn(host)
    if (left > LEASE_SECONDS + 1) this.found(`${host.name}: a lease of ${lease?.run} counts for ${left} s more`)
    if (released && left > 0) this.found(`${host.name}: the lease of ${lease?.run} was not released`)
  }

  #checkJournals(): void {
    if (!existsSync(this.journals)) return
    for (const name of readdirSync(this.journals))
      try {
        parseJournal(readFileSync(join(this.journals, name), 'utf8'), name)
      } catch (error) {
        this.found(`the journal cannot be read: ${(error as Error).message}`)
      }
  }

  /** Writes a part of a file, as no run may; for a test of the oracle. */
  async spoil(name: string, text: string): Promise<void> {
    const [host] = this.stage.hosts
    await host.copyIn(Buffer.from(text), `${this.root}/${name}`)
    await sleep(500)
  }

  /** For tests of the oracle: that it was found is what is good. */
  mustHaveFound(what: RegExp): void {
    this.#stopWatching()
    const seen = this.findings.some(finding => what.test(finding))
    this.findings.length = 0
    if (!seen) this.found(`the oracle did not find ${what}`)
  }

  #stopWatching(): void {
    this.#watcher?.stop()
    for (const what of this.#watcher?.broken ?? []) this.found(what)
    this.#watcher = undefined
  }

  /** Takes away what the trial has on this machine and on the hosts, also when it went wrong. */
  async clear(): Promise<void> {
    this.#stopWatching()
    for (const controller of this.#controllers) controller.signal('SIGKILL')
    await Promise.all(this.stage.hosts.map(host => host.exec(['rm', '-rf', this.root]).catch(() => {})))
    if (this.findings.length === 0) removeFolder(this.folder)
  }
}

/** Why a run did not end well, for people. */
export const brief = ({ events, stderr, signal }: Ended): string => {
  const errors = events.flatMap(e =>
    e.type === 'refused' || e.type === 'unreachable'
      ? [`${e.type}: ${e.error.message}`]
      : e.type === 'preflight'
        ? e.problems.map(p => `${p.host}: ${p.message}`)
        : e.type === 'task' && e.state === 'ended' && e.error && !e.ignored
          ? [`${e.host} ${e.title}: ${e.outcome}: ${e.error.message} ${e.error.stderr ?? ''}`.trim()]
          : [],
  )
  return [...(signal ? [signal] : []), ...errors, stderr.trim()].filter(Boolean).join(' | ').slice(0, 900)
}

/** What a run is called. */
export const runOf = ({ events }: Pick<Ended, 'events'>): string =>
  events.flatMap(e => (e.type === 'run' ? [e.run] : []))[0] ?? 'nobody'
