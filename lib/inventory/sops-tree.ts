import type { Problem } from '../errors.ts'
import type { Keys } from '../secret/sources/keys.ts'
import { Locked } from '../secret/sources/locked.ts'
import { SopsMac } from '../secret/sources/sops-mac.ts'
import { sopsMetadata } from '../secret/sources/sops-metadata.ts'
import { sopsRule } from '../secret/sources/sops-rules.ts'
import { isSopsValue, openSopsValue } from '../secret/sources/sops-value.ts'
import { sealed } from './sealed.ts'
import { lockedProblem } from './tagged.ts'
import { plain, type Setting, type Traced } from './traced.ts'

type Tree = Extract<Traced, { kind: 'map' }>
type Leaf = Extract<Traced, { kind: 'scalar' }>

/** A mapping that SOPS has written: it has a key `sops` with a MAC in it. */
export const isSops = (root: Traced | undefined): root is Tree => {
  const metadata = root?.kind === 'map' ? root.entries.get('sops')?.value : undefined
  return metadata?.kind === 'map' && metadata.entries.has('mac')
}

/**
 * A file of SOPS with its values decrypted; what is encrypted in it becomes a Secret. The MAC is checked over all values, those
 * that are not encrypted included. What is wrong is added to `problems`; then nothing of the file is given back.
 */
export const openSops = async (root: Tree, keys: Keys, problems: Problem[]): Promise<Tree | undefined> => {
  const before = problems.length
  const header = root.entries.get('sops') as Setting
  try {
    const metadata = sopsMetadata(plain(header.value))
    const dataKey = await (await import('../secret/sources/sops-key.ts')).sopsDataKey(metadata, keys)
    const [encrypted, mac] = [sopsRule(metadata), new SopsMac(metadata)]

    const leaf = (part: Leaf, path: readonly string[]): Traced => {
      const { value } = part
      if (value === null) return part
      if (!encrypted(path)) {
        mac.plain(value as string | number | boolean)
        return part
      }
      // SOPS writes an empty text as it is.
      if (value === '') return part
      if (typeof value !== 'string' || !isSopsValue(value))
        throw new Locked(
          'this value is not encrypted, although SOPS says that it is',
          'It was written without sops. Take it back, and set it by sops edit.',
        )
      const opened = openSopsValue(value, dataKey, `${path.join(':')}:`)
      mac.encrypted(opened.bytes)
      return sealed({ ...part, value: opened.value, text: String(opened.value) })
    }
    const walk = (part: Traced, path: readonly string[]): Traced => {
      if (part.kind === 'list') return { ...part, items: part.items.map(item => walk(item, path)) }
      if (part.kind === 'map') return tree(part, path)
      try {
        return leaf(part, path)
      } catch (error) {
        problems.push(lockedProblem(error, part.at))
        return part
      }
    }
    const tree = (part: Tree, path: readonly string[]): Tree => ({
      ...part,
      entries: new Map(
        [...part.entries].map(([name, setting]) => [name, { ...setting, value: walk(setting.value, [...path, name]) }]),
      ),
    })

    const values = new Map(root.entries)
    values.delete('sops')
    const opened = tree({ ...root, entries: values }, [])
    if (problems.length > before) return undefined
    mac.verify(dataKey)
    return opened
  } catch (error) {
    problems.push(lockedProblem(error, header.at))
    return undefined
  }
}
