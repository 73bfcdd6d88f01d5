/** What takes an option out of force, of those that the kernel shows again under the same name. mount(8) */
const opposites: Readonly<Record<string, string>> = {
  ro: 'rw',
  noexec: 'exec',
  nosuid: 'suid',
  nodev: 'dev',
  noatime: 'relatime',
  nodiratime: 'diratime',
  sync: 'async',
}

/** Shown by the kernel, but nothing takes it away from what is mounted. */
const lasting = 'dirsync'

/** What stands for several others, before those that are named: mount(8), FILESYSTEM-INDEPENDENT MOUNT OPTIONS. */
const implied: Readonly<Record<string, readonly string[]>> = {
  user: ['noexec', 'nosuid', 'nodev'],
  users: ['noexec', 'nosuid', 'nodev'],
  owner: ['nosuid', 'nodev'],
  group: ['nosuid', 'nodev'],
}

/** Which options must show in the kernel's list, and which must not, so that it can be seen whether they are in force. */
export interface InForce {
  readonly shown: readonly string[]
  readonly hidden: readonly string[]
}

export const inForce = (options: readonly string[]): InForce => {
  const on = new Set<string>()
  for (const option of options.flatMap(o => [...(implied[o] ?? []), o])) {
    if (option in opposites || option === lasting) on.add(option)
    // The last word counts: `user,exec`.
    for (const [name, opposite] of Object.entries(opposites)) if (opposite === option) on.delete(name)
  }
  return {
    // Writable unless read-only was asked for: the kernel goes back to read-only by itself after an error.
    shown: on.has('ro') ? [...on] : ['rw', ...on],
    hidden: Object.keys(opposites).filter(name => name !== 'ro' && !on.has(name)),
  }
}

/** The options of a remount: undefined where what is in force is right. */
export const remountOptions = (now: readonly string[], { shown, hidden }: InForce): readonly string[] | undefined => {
  const missing = shown.filter(o => !now.includes(o))
  const tooMany = hidden.filter(o => now.includes(o))
  if (missing.length === 0 && tooMany.length === 0) return undefined
  return [...shown, ...tooMany.flatMap(o => opposites[o] ?? [])]
}
