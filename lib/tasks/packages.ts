import { z } from 'zod'
import { change, claim, type Doubt, mayCreate } from '../changes/change.ts'
import type { PackageManager, PackageSpec } from '../changes/package-manager.ts'
import { managerOf } from '../changes/package-managers.ts'
import { defineTask } from '../dsl/task.ts'
import { os } from '../facts/os.ts'
import { type Installed, installed } from '../facts/packages.ts'

const params = z
  .strictObject({
    names: z
      .array(z.string().regex(/^[a-z0-9][a-z0-9+._-]+(=[A-Za-z0-9.+:~-]+)?$/, 'must be name or name=version'))
      .min(1)
      .refine(names => new Set(names.map(n => n.split('=')[0])).size === names.length, 'names a package twice'),
    state: z.enum(['present', 'absent']).default('present').describe('absent keeps configuration files'),
    updateCache: z.boolean().default(true).describe('Before an installation, read the lists of what there is again'),
    recommends: z.boolean().default(false).describe('Also install what is recommended'),
    allowUpgrades: z.boolean().default(false).describe('Others that are installed may be upgraded when needed'),
    allowDowngrade: z.boolean().default(false).describe('A version that is named may be older than the one installed'),
  })
  .refine(p => p.state === 'present' || p.names.every(n => !n.includes('=')), 'what is absent has no version')

const spec = (text: string): PackageSpec => {
  const [name = '', version] = text.split('=')
  return version === undefined ? { name } : { name, version }
}

const satisfies = (now: Installed, { version }: PackageSpec): boolean =>
  now.installed && (version === undefined || now.version === version)

const show = (packages: readonly PackageSpec[]): string =>
  packages.map(({ name, version }) => (version === undefined ? name : `${name} ${version}`)).join(', ')

/** Another version, or less of it, may change anything but which operating system this is. */
const anythingButOs = (about: string): Doubt => ({ about, covers: fact => fact.key !== os.key })

const install = (
  manager: PackageManager,
  wanted: readonly PackageSpec[],
  missing: readonly PackageSpec[],
  fresh: boolean,
  p: z.output<typeof params>,
) =>
  change({
    summary: `install ${show(missing)}`,
    command: manager.install(missing, p),
    // Those that are there stay: nothing is removed, and that is read back as well.
    makes: wanted.map(({ name, version }) =>
      claim(manager.installed(name), { installed: true, ...(version !== undefined && { version }) }),
    ),
    doubts: [
      fresh && !p.allowUpgrades
        ? mayCreate(`what the installation of ${show(missing)} creates`)
        : anythingButOs(`what the installation of ${show(missing)} changes`),
    ],
  })

/**
 * Packages are installed (in this version, where one is named) or are not. Nothing that is not named is ever removed, and
 * nothing upgraded without `allowUpgrades`: the host refuses before it begins. Waits 120 s for another package manager.
 */
export const packages = defineTask({
  name: 'packages',
  params,
  title: p => `packages ${p.names.join(', ')}${p.state === 'absent' ? ' absent' : ''}`,
  async plan(p, facts) {
    const wanted = p.names.map(spec)
    const [system, now] = await Promise.all([
      facts.get(os),
      Promise.all(wanted.map(({ name }) => facts.get(installed(name)))),
    ])
    const manager = managerOf(system)
    if (p.state === 'absent') {
      const there = wanted.filter((_, i) => now[i]?.installed)
      if (there.length === 0) return []
      return [
        change({
          summary: `remove ${show(there)}`,
          command: manager.remove(there.map(({ name }) => name)),
          makes: wanted.map(({ name }) => claim(manager.installed(name), { installed: false })),
          doubts: [anythingButOs(`what the removal of ${show(there)} takes along`)],
        }),
      ]
    }
    const missing = wanted.filter((one, i) => !satisfies(now[i]!, one))
    if (missing.length === 0) return []
    const fresh = wanted.every((one, i) => satisfies(now[i]!, one) || !now[i]?.installed)
    return [install(manager, wanted, missing, fresh, p)]
  },
})
