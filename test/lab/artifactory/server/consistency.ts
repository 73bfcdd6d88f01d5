import { checksumsOf } from './checksums.ts'
import type { Store } from './store.ts'

export interface LostBinary {
  readonly sha1: string
  readonly referenced: boolean
  /** Items that refer to it, as REPO/PATH. */
  readonly items: readonly string[]
  readonly expectedLength: number
  /** Undefined: no file at all. */
  readonly length?: number
  /** True: the length is right and the content is not. Only looked for when asked to. */
  readonly corrupt?: true
}

export interface Consistency {
  /** No row lacks its file. Files without a row are only garbage. */
  readonly consistent: boolean
  readonly rows: number
  readonly files: number
  readonly rowsWithoutFile: readonly LostBinary[]
  readonly filesWithoutRow: readonly string[]
}

/**
 * Rows against files, seen from here and now. The rows are listed first: a file of a listed row is only missing when it is
 * missing still at a second look while nothing is at work on it.
 *
 * @param deep Hash every file as well.
 */
export async function checkConsistency({ database, filestore, gate }: Store, deep: boolean): Promise<Consistency> {
  const rows = await database.binaries()
  const files = new Map<string, number>()
  for (const directory of await filestore.directories()) {
    for (const file of await filestore.list(directory)) files.set(file.sha1, file.length)
  }

  const lost: LostBinary[] = []
  for (const { sha1, length: expectedLength } of rows) {
    if (!deep && files.get(sha1) === expectedLength) continue
    await gate.hold(sha1, async () => {
      const row = await database.binary(sha1)
      if (row === undefined) return
      const file = await filestore.stat(sha1)
      const whole = file?.length === row.length
      const corrupt = whole && deep && (await checksumsOf(filestore.read(sha1))).sha1 !== sha1
      if (whole && !corrupt) return
      const items = await database.referencing(sha1)
      lost.push({
        sha1,
        referenced: items.length > 0,
        items,
        expectedLength,
        ...(file === undefined ? {} : { length: file.length }),
        ...(corrupt ? { corrupt: true as const } : {}),
      })
    })
  }

  const known = new Set(rows.map(row => row.sha1))
  const filesWithoutRow = [...files.keys()].filter(sha1 => !known.has(sha1)).sort()
  return { consistent: lost.length === 0, rows: rows.length, files: files.size, rowsWithoutFile: lost, filesWithoutRow }
}
