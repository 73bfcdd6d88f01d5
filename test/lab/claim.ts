import { existsSync } from 'node:fs'
import { link, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from './error.ts'
import { readJson } from './json.ts'
import { withLock } from './machine/lock.ts'
import { claimDirectory, type LabNames } from './names.ts'
import { isDead, isVanished, remove } from './remove.ts'

/** A /27 of 198.51.100.0/24 that belongs to a lab. Kept until `down`, so that addresses outlive a reboot of the machine. */
export interface Claim {
  readonly id: string
  readonly checkout: string
}

const slots = [0, 1, 2, 3, 4, 5, 6, 7]

/** The slot of this lab, claimed now if it has none. Throws `LabError` when eight other labs are up. */
export function ensureClaim(lab: LabNames): Promise<number> {
  return withLock('claims', async () => {
    await mkdir(claimDirectory, { recursive: true })
    await reclaim(lab, isVanished)
    const held = await claims()
    const own = held.find(([, claim]) => claim?.id === lab.id)
    if (own) return own[0]
    const free = await take(lab)
    if (free !== undefined) return free
    await reclaim(lab, isDead)
    const late = await take(lab)
    if (late !== undefined) return late
    const others = held.map(([, claim]) => claim?.checkout).join(', ')
    throw new LabError(
      `all ${slots.length} networks for labs are in use by ${others}`,
      'Run `npm run lab -- down` in one of them.',
    )
  })
}

export async function releaseClaims(id: string): Promise<void> {
  for (const [slot, claim] of await claims()) if (claim?.id === id) await rm(fileOf(slot), { force: true })
}

/** Removes labs that nobody can want back, and their claims with them. */
async function reclaim(own: LabNames, unwanted: (claim: Claim) => boolean | Promise<boolean>): Promise<void> {
  for (const [slot, claim] of await claims()) {
    if (claim === undefined) await rm(fileOf(slot), { force: true })
    else if (claim.id !== own.id && (await unwanted(claim)) && (await remove(claim.id)) === 'removed') {
      await rm(fileOf(slot), { force: true })
    }
  }
}

async function take(lab: LabNames): Promise<number | undefined> {
  const claim: Claim = { id: lab.id, checkout: lab.checkout }
  const draft = join(claimDirectory, `.${lab.id}.new`)
  await writeFile(draft, JSON.stringify(claim))
  try {
    for (const slot of slots) {
      // link(2), like O_EXCL, fails when the name is there; and a claim is never seen half written.
      const taken = await link(draft, fileOf(slot)).then(() => true, ignoreExisting)
      if (taken) return slot
    }
    return undefined
  } finally {
    await rm(draft, { force: true })
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): false {
  if (error.code === 'EEXIST') return false
  throw error
}

async function claims(): Promise<[slot: number, claim: Claim | undefined][]> {
  if (!existsSync(claimDirectory)) return []
  const names = (await readdir(claimDirectory)).filter(name => /^\d$/.test(name))
  return Promise.all(
    names.map(async name => [Number(name), await readJson<Claim>(fileOf(Number(name)))] as [number, Claim | undefined]),
  )
}

const fileOf = (slot: number): string => join(claimDirectory, String(slot))
