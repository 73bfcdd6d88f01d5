import { spawn } from 'node:child_process'

/** A program that is timed as a whole process, from start to exit. It must end with code 0. */
export interface Contender {
  readonly name: string
  readonly argv: readonly string[]
  readonly input?: string
}

const once = ({ name, argv, input }: Contender): Promise<number> =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    const [program = '', ...args] = argv
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-4000)
      })
    child.on('error', reject)
    child.on('close', code => {
      if (code === 0) resolve(performance.now() - started)
      else reject(new Error(`${name} ended with ${code}\n${said}`))
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/**
 * Times the contenders in turn, A B C A B C ..., after a round that is not counted, so that what else the machine does meets
 * all of them alike. `before` each round is not timed. Milliseconds by contender, one value a round.
 */
export const inTurn = async (
  contenders: readonly Contender[],
  rounds: number,
  before: () => Promise<void> = async () => {},
): Promise<readonly number[][]> => {
  await before()
  for (const c of contenders) await once(c)
  const times: number[][] = contenders.map(() => [])
  for (let round = 0; round < rounds; round++) for (const [i, c] of contenders.entries()) times[i]!.push(await once(c))
  return times
}

/** A row a contender: minimum, median and maximum, and the median of its ratio to the first one, round by round. */
export const table = (contenders: readonly Contender[], times: readonly number[][]): string => {
  const ms = (n: number) => n.toFixed(0).padStart(7)
  const rows = contenders.map(({ name }, i) => {
    const mine = times[i]!
    const ratio = median(mine.map((t, round) => t / times[0]![round]!))
    return `${name.padEnd(34)}${ms(Math.min(...mine))}${ms(median(mine))}${ms(Math.max(...mine))}  ${ratio.toFixed(2)}`
  })
  return [
    `${'milliseconds'.padEnd(34)}${'min'.padStart(7)}${'median'.padStart(7)}${'max'.padStart(7)}  to first`,
    ...rows,
  ].join('\n')
}
