import { Locked } from './locked.ts'
import type { SopsMetadata } from './sops-metadata.ts'

/** Go's regular expressions (RE2), as far as they differ from JavaScript's in what such a file needs: `(?i)` in front. */
const regex = (source: string, name: string): RegExp => {
  const flags = /^\(\?([ims]+)\)/.exec(source)
  try {
    return new RegExp(flags ? source.slice(flags[0].length) : source, flags?.[1] ?? '')
  } catch {
    throw new Locked(`${name} of SOPS cannot be read: ${source}`)
  }
}

/**
 * Which values of a file are encrypted: decided by the keys above a value, at any depth.
 * https://github.com/getsops/sops/blob/main/sops.go (shouldBeEncrypted)
 */
export const sopsRule = (metadata: SopsMetadata): ((path: readonly string[]) => boolean) => {
  const { encrypted_suffix: only, encrypted_regex: matching, unencrypted_regex: but } = metadata
  if (only !== undefined) return path => path.some(key => key.endsWith(only))
  if (matching !== undefined) {
    const pattern = regex(matching, 'encrypted_regex')
    return path => path.some(key => pattern.test(key))
  }
  if (but !== undefined) {
    const pattern = regex(but, 'unencrypted_regex')
    return path => !path.some(key => pattern.test(key))
  }
  const suffix = metadata.unencrypted_suffix ?? '_unencrypted'
  return path => !path.some(key => key.endsWith(suffix))
}
