import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import type { Fault, Kind } from '../campaign.ts'
import { brief, type Trial } from '../trial.ts'

const STATE = '/var/lib/baton'
const filled = 'dd if=/dev/zero of="$1/filler" bs=1k 2>/dev/null; true'

/** Mounts on the first host for the time of the work. */
const mounted = async (trial: Trial, script: string, path: string, work: () => Promise<void>): Promise<void> => {
  const [host] = trial.stage.hosts
  await host.run(['sh', '-c', `mkdir -p "$1" && ${script}`, 'sh', path])
  try {
    await work()
  } finally {
    await host.run(['umount', '-l', path])
  }
}

const fails = async (trial: Trial, what: RegExp): Promise<void> => {
  const ended = await trial.end(trial.start())
  if (ended.code === 0 || ended.code === null) trial.found(`exit code ${ended.code}`)
  if (!what.test(brief(ended))) trial.found(`it does not say what is wrong: ${brief(ended)}`)
}

/** It cannot be done while it is mounted, and can be afterwards. */
const onHost = (name: string, script: string, path: (trial: Trial) => string, says: RegExp): Fault => ({
  name,
  async inject(trial) {
    await mounted(trial, script, path(trial), async () => {
      await fails(trial, says)
      const [host] = trial.stage.hosts
      const there = (await host.run(['ls', '-A', trial.root])).split('\n').filter(Boolean)
      for (const one of there) if (one.startsWith('.')) trial.found(`${one} was left behind`)
    })
    trial.anew++
    await trial.goOn()
    trial.anew--
    await trial.checkEnd()
  },
})

/** There is room at first, and none from one moment on. Then somebody makes room. */
const fillsUp = (at: number): Fault => ({
  name: `${STATE} fills up after event ${at}`,
  async inject(trial) {
    const [host] = trial.stage.hosts
    await mounted(trial, 'mount -t tmpfs -o size=512k,mode=755 tmpfs "$1"', STATE, async () => {
      const controller = trial.start()
      await controller.until(events => events.length >= at)
      await host.run(['sh', '-c', filled, 'sh', STATE])
      const ended = await trial.end(controller)
      await host.run(['rm', '-f', `${STATE}/filler`])
      if (ended.code !== 0) await trial.goOn({ mayDoubt: true })
      await trial.checkEnd({ leftBehind: false })
    })
  },
})

/** The journal's disk has room for so many KiB; a whole one has more than forty. */
const journalFull = (kib: number): Fault => ({
  name: `the journal has ${kib} KiB`,
  async inject(trial) {
    mkdirSync(trial.journals, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', trial.journals])
    try {
      await fails(trial, /journal .* cannot be written/)
      execFileSync('mount', ['-o', 'remount,size=16m', trial.journals])
      await trial.goOn()
      await trial.checkEnd()
    } finally {
      execFileSync('umount', ['-l', trial.journals])
    }
  },
})

const size = (kib: number): string => `mount -t tmpfs -o size=${kib}k,mode=755 tmpfs "$1"`

export const disk: Kind = {
  name: 'disk',
  about: 'full or read-only: where files go, where leases and jobs are kept, where the journal is written',
  faults: ({ records }, count = 20) => {
    const root = (trial: Trial): string => trial.root
    const state = (): string => STATE
    const fixed = [
      onHost('no room for a file', size(100), root, /No space left|write error/),
      onHost('no room at all', `${size(16)} && ${filled}`, root, /No space left|write error/),
      onHost('files on a read-only disk', `${size(100)} && mount -o remount,ro "$1"`, root, /Read-only/i),
      onHost('no room for leases', `${size(16)} && ${filled}`, state, /No space left|room|cannot/i),
      onHost('leases on a read-only disk', `${size(16)} && mount -o remount,ro "$1"`, state, /Read-only|cannot/i),
    ]
    const rest = Math.max(0, count - fixed.length)
    const half = Math.ceil(rest / 2)
    return [
      ...fixed,
      ...Array.from({ length: rest - half }, (_, i) => fillsUp(20 + Math.floor((i * (records - 30)) / (rest - half)))),
      ...Array.from({ length: half }, (_, i) => journalFull(4 * (1 + Math.floor((i * 9) / half)))),
    ].slice(0, count)
  },
}
