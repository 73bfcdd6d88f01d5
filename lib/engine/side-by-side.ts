/** At most `forks` of the jobs at once; resolves when all have ended. */
export const sideBySide = async (forks: number, jobs: readonly (() => Promise<void>)[]): Promise<void> => {
  const waiting = [...jobs]
  const worker = async (): Promise<void> => {
    for (let job = waiting.shift(); job; job = waiting.shift()) await job()
  }
  await Promise.all(Array.from({ length: Math.min(forks, jobs.length) }, worker))
}
