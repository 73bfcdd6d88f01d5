/** How Artifactory keeps binaries, as far as it matters here. */
export type BinaryStore = { readonly files: true } | { readonly files: false; readonly why: string }

const withoutComments = (xml: string): string => xml.replace(/<!--[\s\S]*?-->/g, '')

/**
 * Reads binarystore.xml. Only the template `file-system` with its default directories is a local tree of files that is
 * complete at any time; `undefined` is the default, which is the same.
 * https://jfrog.com/help/r/jfrog-installation-setup-documentation/artifactory-file-store
 */
export const binaryStore = (xml: string | undefined): BinaryStore => {
  if (xml === undefined) return { files: true }
  const text = withoutComments(xml)
  const template = /<chain\b[^>]*\btemplate\s*=\s*["']([^"']+)["']/.exec(text)?.[1]
  if (template === undefined) return { files: false, why: 'it has a chain of its own' }
  if (template !== 'file-system') return { files: false, why: `its template is ${template}` }
  const moved = /<(baseDataDir|fileStoreDir|binariesDir)>\s*([^<\s]+)\s*</.exec(text)
  if (moved && moved[2] !== 'filestore') return { files: false, why: `${moved[1]} moves it to ${moved[2]}` }
  return { files: true }
}
