import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'

/** Lower-case hex, length in bytes. */
export interface Binary {
  readonly sha1: string
  readonly md5: string
  readonly sha256: string
  readonly length: number
}

/** Takes bytes as they pass and tells all three checksums at the end. */
export class Checksums {
  private readonly sha1 = createHash('sha1')
  private readonly md5 = createHash('md5')
  private readonly sha256 = createHash('sha256')
  private length = 0

  add(chunk: Buffer): void {
    this.sha1.update(chunk)
    this.md5.update(chunk)
    this.sha256.update(chunk)
    this.length += chunk.length
  }

  finish(): Binary {
    return {
      sha1: this.sha1.digest('hex'),
      md5: this.md5.digest('hex'),
      sha256: this.sha256.digest('hex'),
      length: this.length,
    }
  }
}

export async function checksumsOf(stream: Readable): Promise<Binary> {
  const checksums = new Checksums()
  for await (const chunk of stream) checksums.add(chunk as Buffer)
  return checksums.finish()
}

export const isSha1 = (text: string): boolean => /^[0-9a-f]{40}$/.test(text)
