/**
 * Who is at work on which binary, inside this process: an upload between its file and its row, the garbage collector
 * between the row and the file, a download. It stands for the locks inside the real server's JVM. Without it, an upload
 * of a binary that is being collected would end with a row and no file.
 */
export class Gate {
  private readonly tails = new Map<string, Promise<void>>()
  private readonly readers = new Map<string, number>()

  /** Runs `work` alone among all the work that holds this binary. */
  async hold<T>(sha1: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(sha1) ?? Promise.resolve()
    const result = before.then(work)
    const tail = result.then(
      () => undefined,
      () => undefined,
    )
    this.tails.set(sha1, tail)
    try {
      return await result
    } finally {
      if (this.tails.get(sha1) === tail) this.tails.delete(sha1)
    }
  }

  /** Marks the binary as open until the returned function is called. */
  read(sha1: string): () => void {
    this.readers.set(sha1, (this.readers.get(sha1) ?? 0) + 1)
    let open = true
    return () => {
      if (!open) return
      open = false
      const left = (this.readers.get(sha1) ?? 1) - 1
      if (left === 0) this.readers.delete(sha1)
      else this.readers.set(sha1, left)
    }
  }

  inUse(sha1: string): boolean {
    return this.tails.has(sha1) || this.readers.has(sha1)
  }
}
