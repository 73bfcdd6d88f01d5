import { posix } from 'node:path'

/** How Artifactory keeps binaries, as far as it matters here. */
export type BinaryStore = { readonly files: true } | { readonly files: false; readonly why: string }

interface Place {
  /** The names of the var directory: that in $JFROG_HOME, and that behind its link. The first one is shown. */
  readonly varDirectories: readonly [string, ...string[]]
  /** Where the filestore should be, from the var directory. */
  readonly filestorePath: string
}

const withoutComments = (xml: string): string => xml.replace(/<!--[\s\S]*?-->/g, '')

/** The values of an element, wherever it is. Empty where it is in a form that is not understood, such as CDATA. */
const values = (xml: string, name: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${name}\\b[^>]*>([^<]*)`, 'g'))].map(([, value = '']) => value.trim())

const orDefault = (found: readonly string[], value: string): readonly string[] => (found.length > 0 ? found : [value])

/** All directories that the file may mean, absolute. Of several providers each may be the one that counts. */
const directories = (xml: string, varDirectory: string): readonly string[] =>
  orDefault(values(xml, 'baseDataDir'), `${varDirectory}/data/artifactory`).flatMap(base =>
    orDefault([...values(xml, 'fileStoreDir'), ...values(xml, 'binariesDir')], 'filestore').map(directory =>
      base === '' || directory === '' ? '' : posix.resolve('/', base.startsWith('/') ? base : '', directory),
    ),
  )

/**
 * Reads binarystore.xml. Only the template `file-system` is a local tree of files that is complete at any time; `undefined`
 * is the default, which is the same. Its directory must be the one that is copied.
 * https://jfrog.com/help/r/jfrog-installation-setup-documentation/artifactory-file-store
 */
export const binaryStore = (xml: string | undefined, { varDirectories, filestorePath }: Place): BinaryStore => {
  const text = withoutComments(xml ?? '<chain template="file-system"/>')
  const chains = [...text.matchAll(/<chain\b([^>]*)>/g)].map(([, attributes = '']) => attributes)
  if (chains.length !== 1) return { files: false, why: `it has ${chains.length} chains` }
  const template = /\btemplate\s*=\s*["']([^"']+)["']/.exec(chains[0]!)?.[1]
  if (template === undefined) return { files: false, why: 'it has a chain of its own' }
  if (template !== 'file-system') return { files: false, why: `its template is ${template}` }
  const wanted = varDirectories.map(directory => posix.join(directory, filestorePath))
  const other = directories(text, varDirectories[0]).find(directory => !wanted.includes(directory))
  if (other === undefined) return { files: true }
  return { files: false, why: `its directory is ${other || 'not to be understood'}, not ${wanted[0]}` }
}
