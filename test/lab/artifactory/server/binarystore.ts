import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from './refusal.ts'

export interface FilestorePlace {
  /** Directory with the 256 directories `00` to `ff`. */
  readonly root: string
  /** Where uploads arrive: on the same file system, so that a rename finishes them. */
  readonly incoming: string
}

/**
 * Where binarystore.xml puts the files: `<fileStoreDir>` (default `filestore`) below `<baseDataDir>` (default
 * var/data/artifactory). The stand-in has the `file-system` template only.
 *
 * https://jfrog.com/help/r/jfrog-installation-setup-documentation/artifactory-file-store
 */
export async function filestorePlace(file: string, data: string): Promise<FilestorePlace> {
  const text = await readFile(file, 'utf8').catch(() => '<chain template="file-system"/>')
  const xml = text.replace(/<!--[\s\S]*?-->/g, '')
  const template = /<chain\s+template="([^"]*)"/.exec(xml)?.[1]
  if (template !== 'file-system') {
    throw new Refusal(
      `${file}: the stand-in has the template file-system only, not ${template ?? 'a chain of its own'}`,
    )
  }
  const base = element(xml, 'baseDataDir') ?? data
  const root = join(base, element(xml, 'fileStoreDir') ?? 'filestore')
  return { root, incoming: join(root, element(xml, 'tempDir') ?? '_pre') }
}

function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>\\s*([^<]+?)\\s*</${name}>`).exec(xml)?.[1]
}
