import { readFile } from 'node:fs/promises'
import { defaultVersion, paths } from '../layout.ts'
import { bundle } from './bundle.ts'
import { unit } from './unit.ts'

/** A file of the package: who owns it says whether the server may change it. */
export interface PackagedFile {
  readonly path: string
  readonly content: string
  readonly mode: number
  readonly owner: 'root' | 'artifactory'
  /** A configuration file is put down once and then left to its owner. */
  readonly keep?: true
}

/** Every file that an installation puts down, with its content. */
export async function contents(version = defaultVersion): Promise<PackagedFile[]> {
  const [server, control, console, binarystore, template] = await Promise.all([
    bundle(),
    source('artifactoryctl.sh'),
    source('artifactory.sh'),
    source('binarystore.xml'),
    source('system.basic-template.yaml'),
  ])
  return [
    { path: paths.server, content: server, mode: 0o644, owner: 'root' },
    { path: paths.control, content: control, mode: 0o755, owner: 'root' },
    { path: paths.console, content: console, mode: 0o755, owner: 'root' },
    { path: paths.versionFile, content: `artifactory.product.version=${version}\n`, mode: 0o644, owner: 'root' },
    { path: paths.unit, content: unit, mode: 0o644, owner: 'root' },
    { path: paths.binarystore, content: binarystore, mode: 0o640, owner: 'artifactory', keep: true },
    { path: paths.systemYamlTemplate, content: template, mode: 0o640, owner: 'artifactory' },
  ]
}

const source = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8')
