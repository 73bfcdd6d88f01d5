/**
 * Installs the Artifactory stand-in into a root file system, laid out like the deb package of Artifactory 7.
 * What is real and what is stood in: README.md, beside this file.
 */
import { chmod, lchown, mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { account, paths, varDirectories } from './layout.ts'
import { ensureAccount } from './package/account.ts'
import { digest } from './package/bundle.ts'
import { contents, type PackagedFile } from './package/contents.ts'
import { exists } from './package/exists.ts'

export { account, defaultVersion, paths, ports, varDirectories } from './layout.ts'
export { type SystemYamlOptions, systemYaml } from './system-yaml.ts'

export interface InstallOptions {
  /** Version that the stand-in claims to be. Default: {@link defaultVersion}. */
  readonly version?: string
}

/** Changes when anything that {@link installArtifactory} puts down changes; for the key of a cached image. */
export async function artifactoryRecipeHash(options: InstallOptions = {}): Promise<string> {
  const files = await contents(options.version)
  return digest(JSON.stringify(files), JSON.stringify(varDirectories), JSON.stringify(account))
}

/**
 * Lays the stand-in out below ROOT: application, start scripts, `var` with its directories, user and group 1030, unit
 * (not enabled, not started). Safe to repeat; configuration that is there already stays. Needs root for the owners and,
 * when ROOT has no user `artifactory` yet, `chroot` with ROOT's own useradd.
 */
export async function installArtifactory(root: string, options: InstallOptions = {}): Promise<void> {
  await ensureAccount(root)
  await mkdir(join(root, paths.run), { recursive: true })
  await own(join(root, paths.run))
  await mkdir(join(root, paths.var), { recursive: true })
  await own(join(root, paths.var))
  for (const directory of varDirectories) {
    const path = join(root, paths.var, directory)
    await mkdir(path, { recursive: true })
    await chmod(path, 0o750)
    await own(path)
  }
  await linkVar(root)
  for (const file of await contents(options.version)) await place(root, file)
}

async function place(root: string, file: PackagedFile): Promise<void> {
  const path = join(root, file.path)
  if (file.keep && (await exists(path))) return
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.new`
  await writeFile(temporary, file.content)
  await chmod(temporary, file.mode)
  if (file.owner === 'artifactory') await own(temporary)
  await rename(temporary, path)
}

/** $JFROG_HOME/artifactory/var is a symbolic link in deb and rpm installations; a copying tool has to know that. */
async function linkVar(root: string): Promise<void> {
  const link = join(root, paths.varLink)
  const target = await readlink(link).catch(() => undefined)
  if (target === paths.var) return
  await rm(link, { force: true })
  await symlink(paths.var, link)
}

async function own(path: string): Promise<void> {
  if (process.getuid?.() === 0) await lchown(path, account.uid, account.gid)
}
