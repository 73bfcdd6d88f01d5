import type { Command } from '../command.ts'
import type { Fact } from '../facts/fact.ts'
import type { Os } from '../facts/os.ts'
import type { Installed } from '../facts/packages.ts'

/** A package that is asked for. Without a version: whatever is the newest where it is not installed. */
export interface PackageSpec {
  readonly name: string
  readonly version?: string
}

export interface InstallOptions {
  /** Read the lists of what there is first. */
  readonly updateCache: boolean
  /** Packages that are recommended, but not needed. */
  readonly recommends: boolean
  /** Packages that are there and not named may be upgraded when a new one needs it. Never: removed. */
  readonly allowUpgrades: boolean
  readonly allowDowngrade: boolean
}

/** What a package manager must be able to do. A new one is a file beside apt.ts and an entry in package-managers.ts. */
export interface PackageManager {
  readonly name: string
  readonly serves: (os: Os) => boolean
  readonly installed: (name: string) => Fact<Installed>
  /** Leaves with REFUSED_BY_GUARD where it would have to remove or upgrade what is not named. Asks nobody anything. */
  install(packages: readonly PackageSpec[], options: InstallOptions): Command
  /** Leaves with REFUSED_BY_GUARD where something that is not named would have to go as well. */
  remove(names: readonly string[]): Command
}
