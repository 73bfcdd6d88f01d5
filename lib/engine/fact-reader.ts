import type { Command, Output } from '../command.ts'
import type { Connection } from '../connection/connection.ts'
import { FactError } from '../errors.ts'
import type { Fact } from '../facts/fact.ts'

/** A fact, and what the host answered. */
export interface Observation {
  readonly fact: Fact<unknown>
  readonly answer: unknown
}

interface Question {
  readonly fact: Fact<unknown>
  resolve(answer: unknown): void
  reject(error: unknown): void
}

/** Questions that travel ahead of other commands. */
export interface Ahead {
  readonly commands: readonly Command[]
  /** Their outputs, in order. */
  answered(outputs: readonly (Output | undefined)[]): void
  failed(error: unknown): void
}

/** Questions of one kind that fit into one command; beyond that the kernel's limit on arguments comes near. */
const QUESTIONS_A_COMMAND = 500

const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))

const byKind = (questions: readonly Question[]): Question[][] => {
  const kinds = new Map<unknown, Question[]>()
  for (const q of questions) {
    const same = kinds.get(q.fact.kind)
    if (same) same.push(q)
    else kinds.set(q.fact.kind, [q])
  }
  return [...kinds.values()].flatMap(same => chunks(same, QUESTIONS_A_COMMAND))
}

const commandFor = (questions: readonly Question[]) => {
  const [first] = questions
  return first!.fact.kind.ask(questions.map(q => q.fact.question))
}

/**
 * Reads facts of one host as one user. What all waiting plans ask travels in one batch, and each answer is kept until it is
 * forgotten. Failures are kept too: a question is asked once.
 */
export class FactReader {
  readonly #connect: () => Promise<Connection>
  readonly #as: string | undefined
  readonly #answers = new Map<string, Promise<unknown>>()
  /** What was observed last, also when it has been forgotten since. */
  readonly #observed = new Map<string, Observation>()
  #waiting: Question[] = []
  #flushing: Promise<void> | undefined

  constructor(connect: () => Promise<Connection>, as: string | undefined) {
    this.#connect = connect
    this.#as = as
  }

  read<A>(fact: Fact<A>): Promise<A> {
    const known = this.#answers.get(fact.key)
    if (known) return known as Promise<A>
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.push({ fact: fact as Fact<unknown>, resolve, reject })
    })
    // Whoever asked handles it; a question that nobody waits for any more must not end the process.
    answer.catch(() => {})
    this.#answers.set(fact.key, answer)
    this.#schedule()
    return answer as Promise<A>
  }

  /** Whether anything was asked since the last `forget`. */
  get asked(): boolean {
    return this.#answers.size > 0
  }

  /** What each question was answered last. Those without an answer are not among them. */
  get observed(): readonly Observation[] {
    return [...this.#observed.values()]
  }

  /** What was read before is asked again when it is needed again. */
  forget(): void {
    this.#answers.clear()
  }

  /** Resolves when everything asked so far is answered: what is sent to the host from now on runs after it. */
  async idle(): Promise<void> {
    while (this.#flushing) await this.#flushing
  }

  /** What waits to be asked, to be sent ahead of something else in one batch instead of in a batch of its own. */
  take(): Ahead {
    const groups = byKind(this.#waiting)
    this.#waiting = []
    return {
      commands: groups.map(questions => ({ ...commandFor(questions), mayFail: true })),
      answered: outputs => {
        for (const q of this.#settle(groups, outputs)) q.reject(new FactError(`nobody could tell: ${q.fact.key}`))
      },
      failed: error => {
        for (const q of groups.flat()) q.reject(error)
      },
    }
  }

  #schedule(): void {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined
      if (this.#waiting.length > 0) this.#schedule()
    })
  }

  async #flush(): Promise<void> {
    // After all promises that can go on have gone on: whatever plans ask now, they ask together.
    await new Promise(resolve => setImmediate(resolve))
    const groups = byKind(this.#waiting)
    this.#waiting = []
    const unclear = await this.#ask(groups)
    // One bad question (a file that may not be read) spoils the command that it shares: asked apart, it fails alone.
    await this.#ask(unclear.map(q => [q]))
  }

  /** Asks one batch. Gives back the questions that shared a command whose output made no sense. */
  async #ask(groups: readonly Question[][]): Promise<readonly Question[]> {
    if (groups.length === 0) return []
    try {
      const connection = await this.#connect()
      const ended: number[] = []
      const outputs = await connection.batch(groups.map(commandFor), {
        ...(this.#as !== undefined && { as: this.#as }),
        onEnd: i => {
          ended[i] = Date.now()
        },
      })
      return this.#settle(
        groups,
        outputs.map((output, i) => output && { ...output, ...(ended[i] !== undefined && { endedAtMs: ended[i] }) }),
      )
    } catch (error) {
      for (const q of groups.flat()) q.reject(error)
      return []
    }
  }

  #settle(groups: readonly Question[][], outputs: readonly (Output | undefined)[]): readonly Question[] {
    return groups.flatMap((questions, i) => {
      const result = this.#parse(questions, outputs[i])
      if ('error' in result && questions.length > 1) return questions
      for (const [j, q] of questions.entries())
        if ('answers' in result) {
          this.#observed.set(q.fact.key, { fact: q.fact, answer: result.answers[j] })
          q.resolve(result.answers[j])
        } else q.reject(result.error)
      return []
    })
  }

  #parse(
    questions: readonly Question[],
    output: Output | undefined,
  ): { readonly answers: readonly unknown[] } | { readonly error: unknown } {
    const { kind, key } = questions[0]!.fact
    try {
      if (!output) throw new FactError(`nothing was answered to: ${key}`)
      if (output.droppedBytes > 0)
        throw new FactError(`the answer to ${key} is too long (${output.droppedBytes} bytes more)`)
      const answers = kind.parse(
        output,
        questions.map(q => q.fact.question),
      )
      if (answers.length !== questions.length)
        throw new FactError(`${kind.kind}: ${answers.length} answers to ${questions.length} questions`)
      return { answers }
    } catch (error) {
      return { error }
    }
  }
}
