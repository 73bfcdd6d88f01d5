import type { Fact } from '../facts/fact.ts'
import { type HttpAnswer, http } from '../facts/http.ts'
import { listening } from '../facts/listening.ts'
import { unit } from '../facts/unit.ts'
import type { Facts } from './facts.ts'

/** A question about a node's health. It reads, and writes nothing. */
export interface Check {
  /** What must be so: `http://localhost:8081/ answers 200`. */
  readonly about: string
  /** True, or why not. What it throws is a no as well. */
  ask(facts: Facts): Promise<true | string>
  /**
   * What has to stay the same for as long as the gate holds (since when a unit is active): another value means that it fell
   * over and came back between two looks.
   */
  mark?(facts: Facts): Promise<string | number>
}

export interface CheckOptions {
  /** Another host, or a group of one, that is asked: what the load balancer itself reports. Left out: the node. */
  readonly on?: string
}

const at = (facts: Facts, { on }: CheckOptions): Facts => (on === undefined ? facts : facts.on(on))
const where = ({ on }: CheckOptions): string => (on === undefined ? '' : ` on ${on}`)

export interface HttpAnswers extends CheckOptions {
  readonly url: string
  /** Left out: 200. */
  readonly status?: number
  /** Text that the body holds. */
  readonly body?: string
}

const judge = (found: HttpAnswer, status: number, body: string): true | string => {
  if (found.status === undefined) return `no answer: ${found.error ?? 'nobody knows why'}`
  if (found.status !== status) return `got ${found.status}`
  return (found.body ?? '').includes(body) || `got ${status} without ${JSON.stringify(body)} in the body`
}

/** A GET of the URL, made by the node itself or by the host `on`, is answered in this way. */
export const httpAnswers = ({ url, status = 200, body = '', on }: HttpAnswers): Check => {
  const options = on === undefined ? {} : { on }
  return {
    about: `${url} answers ${status}${where(options)}`,
    ask: async facts => judge(await at(facts, options).get(http(url)), status, body),
  }
}

/** The node listens on the TCP port. Read from the kernel: no connection is made. */
export const portListens = (port: number, options: CheckOptions = {}): Check => ({
  about: `port ${port} listens${where(options)}`,
  ask: async facts => (await at(facts, options).get(listening(port))).listening || 'nothing listens',
})

/** The systemd unit is active, and has been so without a break. */
export const unitActive = (name: string, options: CheckOptions = {}): Check => ({
  about: `${name} is active${where(options)}`,
  ask: async facts => {
    const { load, active, sub } = await at(facts, options).get(unit(name))
    if (load === 'not-found') return 'there is no such unit'
    return active === 'active' || (sub ? `${active} (${sub})` : active)
  },
  mark: async facts => (await at(facts, options).get(unit(name))).activeSince ?? 0,
})

/** Any fact, and what must be true of its answer: true, or why not. */
export const factHolds = <A>(
  fact: Fact<A>,
  predicate: (answer: A) => boolean | string,
  about: string,
  options: CheckOptions = {},
): Check => ({
  about,
  ask: async facts => predicate(await at(facts, options).get(fact)) || 'it is not so',
})
