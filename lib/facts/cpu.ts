import { z } from 'zod'
import { sh } from '../command.ts'
import { hostFact } from './host-fact.ts'

const schema = z.strictObject({
  /** What the kernel schedules on, and is online: threads of cores. */
  logical: z.number().int().min(1),
  /** Undefined where the kernel does not tell which of them share a core, as on ARM and in some virtual machines. */
  cores: z.number().int().min(1).optional(),
  sockets: z.number().int().min(1).optional(),
  /** `AMD EPYC`; not every architecture has one. */
  model: z.string().optional(),
})

const valuesOf = (lines: readonly string[], name: RegExp): readonly string[] =>
  lines.flatMap(line => {
    const [, key = '', value = ''] = /^(.*?)\s*: ?(.*)$/.exec(line) ?? []
    return name.test(key) && value !== '' ? [value] : []
  })

/** Processors. Sources: getconf(1); proc_cpuinfo(5), https://man7.org/linux/man-pages/man5/proc_cpuinfo.5.html */
export const cpu = hostFact({
  kind: 'cpu',
  script: sh`
    getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null || grep -c '^processor' /proc/cpuinfo || exit 1
    grep -E '^(physical id|core id|model name|Model|cpu model|cpu|Processor)[[:space:]]*:' /proc/cpuinfo || :`,
  schema,
  read: text => {
    const [logical = '', ...lines] = text.split('\n')
    const sockets = valuesOf(lines, /^physical id$/)
    const ids = valuesOf(lines, /^core id$/)
    const whole = sockets.length > 0 && sockets.length === ids.length
    return {
      logical: /^\d+$/.test(logical) ? Number(logical) : undefined,
      ...(whole && {
        cores: new Set(ids.map((id, i) => `${sockets[i]} ${id}`)).size,
        sockets: new Set(sockets).size,
      }),
      model: valuesOf(lines, /^(model name|Model|cpu model|cpu|Processor)$/)[0],
    }
  },
})
