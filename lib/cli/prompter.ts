import type { Turn } from '../report/turn.ts'
import { askHidden, Cancelled } from './ask-hidden.ts'
import type { Terminal } from './terminal.ts'

/**
 * Asks questions that come up during a run, one at a time although hosts go side by side. Undefined without a terminal: then
 * nobody is ever asked. Ctrl-C at a question, which sends no signal there, calls `interrupt`. What draws on the terminal
 * watches `turn`.
 */
export const prompter = (terminal: Pick<Terminal, 'stdin' | 'stderr'>, turn: Turn, interrupt: () => void) => {
  if (!terminal.stdin.isTTY || !terminal.stderr.isTTY) return undefined
  let before: Promise<unknown> = Promise.resolve()
  return (question: string): Promise<string> => {
    const answer = before.then(async () => {
      try {
        const ask = () => askHidden(question.replace(/:\s*$/, ''), terminal, 'Use an agent.')
        return (await turn.during(ask)).reveal()
      } catch (error) {
        if (error instanceof Cancelled) interrupt()
        throw error
      }
    })
    before = answer.catch(() => {})
    return answer
  }
}
