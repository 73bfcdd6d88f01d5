import { z } from 'zod'
import { type Change, change, claim } from '../changes/change.ts'
import { waitHttp, waitListening, waitReachable } from '../changes/wait.ts'
import type { Facts } from '../dsl/facts.ts'
import { defineTask } from '../dsl/task.ts'
import { http } from '../facts/http.ts'
import { listening } from '../facts/listening.ts'
import { reachable } from '../facts/reachable.ts'
import { timeoutSeconds } from './system-params.ts'

type Input = { readonly timeoutSeconds?: number } & (
  | { readonly port: number; readonly host?: string; readonly url?: never }
  | { readonly url: string; readonly status?: number; readonly body?: string; readonly port?: never }
)

const schema = z
  .strictObject({
    port: z.number().int().min(1).max(65_535).optional(),
    host: z
      .string()
      .regex(/^[A-Za-z0-9._:-]+$/, 'must be a host name or an address')
      .optional()
      .describe('Left out: the host itself listens. Given: it can connect to that host'),
    url: z
      .url({ protocol: /^https?$/ })
      .refine(text => !/\s|^https?:\/\/[^/?#]*@/.test(text), 'must hold no password and no blank')
      .optional()
      .describe('Asked from the host itself'),
    status: z.number().int().min(100).max(599).optional().describe('Left out: 200'),
    body: z.string().optional().describe('Text that the body holds'),
    timeoutSeconds: timeoutSeconds(300),
  })
  .refine(p => (p.port === undefined) !== (p.url === undefined), 'give port or url')
  .refine(p => p.url === undefined || p.host === undefined, 'host goes with port, not with url')
  .refine(p => p.port === undefined || (p.status === undefined && p.body === undefined), 'status and body go with url')

type Params = z.output<typeof schema>
const params = schema as unknown as z.ZodType<Params, Input>

const forPort = async (port: number, { host, timeoutSeconds }: Params, facts: Facts): Promise<readonly Change[]> => {
  if (host === undefined) {
    if ((await facts.get(listening(port))).listening) return []
    return [
      change({
        summary: `wait until port ${port} listens`,
        command: waitListening(port, timeoutSeconds),
        makes: [claim(listening(port), { listening: true })],
      }),
    ]
  }
  if ((await facts.get(reachable({ host, port }))).reachable) return []
  return [
    change({
      summary: `wait until ${host}:${port} can be connected to`,
      command: waitReachable(host, port, timeoutSeconds),
      makes: [claim(reachable({ host, port }), { reachable: true })],
    }),
  ]
}

const forUrl = async (url: string, p: Params, facts: Facts): Promise<readonly Change[]> => {
  const { status = 200, body = '' } = p
  const now = await facts.get(http(url))
  if (now.status === status && (now.body ?? '').includes(body)) return []
  return [
    change({
      summary: `wait until ${url} answers ${status}`,
      command: waitHttp(url, status, body, p.timeoutSeconds),
      makes: [claim(http(url), { status, body })],
    }),
  ]
}

/**
 * Something answers: a port of the host, a port elsewhere, a URL. When it does already, there is no change; otherwise the
 * change is the wait, and check mode says that it would wait. A port of the host is read from the kernel; a port elsewhere
 * needs bash or nc on the host, a URL needs curl (plain http: or bash), and what is missing is named.
 */
export const waitFor = defineTask({
  name: 'waitFor',
  params,
  title: p => `wait for ${p.url ?? `${p.host ? `${p.host}:` : 'port '}${p.port}`}`,
  plan: (p, facts) => (p.url === undefined ? forPort(p.port!, p, facts) : forUrl(p.url, p, facts)),
})
